"""Intervals, tests and corrections: numbers in, numbers out."""

from tskit.stats.agreement import (
    Agreement,
    category_alphas,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    raw_agreement,
)
from tskit.stats.agreement_units import coded, masi_distance, masi_distances
from tskit.stats.changes import (
    Ratio,
    fisher_p,
    interval_of,
    normal_p,
    quasi_poisson_ratio,
    rate_ratio,
    two_proportion_p,
)
from tskit.stats.clusters import DayRun, day_design_effect
from tskit.stats.counts import count_at_least, count_at_most, count_interval
from tskit.stats.intervals import (
    binomial_at_most,
    clopper_pearson,
    mean_interval,
    newcombe,
    poisson,
    proportion,
    quantile_ranks,
    weighted_proportion,
    wilson,
    z_value,
)
from tskit.stats.multiplicity import benjamini_hochberg, holm
from tskit.stats.standardise import Difference, mantel_haenszel
from tskit.stats.student import student_quantile, student_tail
from tskit.stats.student_mixture import StudentMixture
from tskit.stats.survival import kaplan_meier, kaplan_meier_quantile
from tskit.stats.threads import one_thread

__all__ = [
    "Agreement",
    "DayRun",
    "Difference",
    "Ratio",
    "StudentMixture",
    "benjamini_hochberg",
    "binomial_at_most",
    "category_alphas",
    "clopper_pearson",
    "coded",
    "cohen_kappa",
    "count_at_least",
    "count_at_most",
    "count_interval",
    "day_design_effect",
    "fisher_p",
    "fleiss_kappa",
    "holm",
    "interval_of",
    "kaplan_meier",
    "kaplan_meier_quantile",
    "krippendorff_alpha",
    "mantel_haenszel",
    "masi_distance",
    "masi_distances",
    "mean_interval",
    "newcombe",
    "normal_p",
    "one_thread",
    "poisson",
    "proportion",
    "quantile_ranks",
    "quasi_poisson_ratio",
    "rate_ratio",
    "raw_agreement",
    "student_quantile",
    "student_tail",
    "two_proportion_p",
    "weighted_proportion",
    "wilson",
    "z_value",
]
