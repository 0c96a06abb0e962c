# SPDX-License-Identifier: MIT
# Golden vectors for run/tool/compare/rank_sum.c from R's own tests; run once: Rscript rank_sum_vectors.R > rank_sum_vectors.inc
set.seed(20)
number <- function(x) if (is.null(x) || is.na(x)) "0" else sprintf("%.12g", x)
case <- function(a, b) {
    # conf.int warns where the sides are too small for 95 %: then there is no interval.
    small <- FALSE
    test <- withCallingHandlers(
        wilcox.test(b, a, exact = TRUE, conf.int = TRUE, conf.level = 0.95),
        warning = function(w) { small <<- TRUE; invokeRestart("muffleWarning") })
    cat(sprintf("    {%d, {%s}, %d, {%s}, %s, %s, %s, %s, %s, %s},\n", length(a), paste(a, collapse = ", "),
        length(b), paste(b, collapse = ", "), number(test$statistic), number(test$p.value), number(test$estimate),
        number(test$conf.int[1]), number(test$conf.int[2]), if (small) "false" else "true"))
}
cat("// SPDX-License-Identifier: MIT\n")
cat("// Made by rank_sum_vectors.R with", R.version.string, "\n")
cat("// {a_count, {a}, b_count, {b}, U, p, estimate, low, high, has_interval}\n")
cat("// clang-format off\n")
cat("static const struct rank_vector RANK_VECTORS[] = {\n")
case(c(1, 2), c(3, 4))
case(c(1, 2, 3), c(4, 5, 6))
case(c(1, 2, 3, 4), c(5, 6, 7, 8))
case(c(1834, 1840, 1829, 1851), c(1702, 1699, 1710, 1705))
for (n in c(4, 5, 7, 10, 16, 20)) {
    values <- sample(1000:9999, 2 * n + 3)
    case(values[1:n], values[(n + 1):(2 * n + 3)])
    case(values[1:n], values[(n + 1):(2 * n + 3)] + 2500.5)
}
cat("};\n// clang-format on\n")
