/* SPDX-License-Identifier: MIT */
/* Puts the files of assets.h into the tool. uPlot's come from the folder gen/uplot of the build folder, */
/* which tool.mk names by -I; the others stand beside this file. */
        .macro  asset name, file
        .globl  \name
\name:  .incbin "\file"
        .byte   0
        .endm

        .section .rodata.assets, "a", @progbits
        asset   asset_report_css, "run/tool/report/report.css"
        asset   asset_idle_page_css, "run/tool/idle_page/idle_page.css"
        asset   asset_fleet_css, "run/tool/fleet/fleet.css"
        asset   asset_report_data_js, "run/tool/report/data.js"
        asset   asset_report_axes_js, "run/tool/report/axes.js"
        asset   asset_report_filter_js, "run/tool/report/filter.js"
        asset   asset_report_plots_js, "run/tool/report/plots.js"
        asset   asset_report_js, "run/tool/report/report.js"
        asset   asset_uplot_js, "gen/uplot/uplot.js"
        asset   asset_uplot_css, "gen/uplot/uplot.css"
        asset   asset_uplot_license, "gen/uplot/license"

        .section .note.GNU-stack, "", @progbits
