/* SPDX-License-Identifier: MIT */
/*
 * The files that a report is made of, put into the tool when it is built. Each is NUL-terminated text; the ones of
 * uPlot are empty where the build had no npm.
 */
#ifndef LAB_TOOL_REPORT_ASSETS_H
#define LAB_TOOL_REPORT_ASSETS_H

extern const char asset_report_css[], asset_report_data_js[], asset_report_axes_js[], asset_report_plots_js[];
extern const char asset_report_filter_js[], asset_report_js[], asset_idle_page_css[], asset_fleet_css[];
extern const char asset_uplot_js[], asset_uplot_css[], asset_uplot_license[];

#endif
