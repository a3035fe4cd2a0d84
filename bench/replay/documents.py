"""The rules of the bench as documents: three estimators over the same screening, and a formula.

Valid: at least 50 t, of the pricing day itself, received by 10:13. The last submission of
a contributor counts. Low and high are the smallest and largest used value, everything is
rounded half up to 5; below three contributors the previous price stands, up to five days.
"""

SCREENED = """
format = 1
id = "bench-{name}"
version = 1
effective = 2000-01-01
status = "conformance"
kind = "assessed"
series = [{series}]
title = "bench"
summary = "bench"
calendar = "submissions"

[specification]
unit = "CNY/t"
tax = "none"
step = 5

[hours]
zone = "Asia/Shanghai"
hard = 10:13:00
clause = "1"

[assessment]
per = "contributor"

[[screening]]
rule = "minimum_quantity"
clause = "1"
tonnes = 50
kinds = ["indication"]

[[screening]]
rule = "todays_data"
clause = "1"

[[screening]]
rule = "before_cutoff"
clause = "1"

[[screening]]
rule = "one_live_quote"
clause = "1"

[[ladder]]
branch = "indications"
clause = "1"
kinds = ["indication"]
minimum = {{ contributors = 3 }}
{rung}

[[ladder]]
branch = "carried"
clause = "1"
carry_days = 5

[range]
rule = "min_max"
clause = "1"

[rounding]
rule = "half_up"
clause = "1"

[clauses."1"]
en = "As the bench says."
zh = "见基准说明。"
"""
RUNGS = {
    "trimmed": """estimator = { rule = "mean" }
trim = { rule = "percent", percent = 15, count = "half_up" }""",
    "vwap": 'estimator = { rule = "vwap" }',
    "median": 'estimator = { rule = "weighted_median", tie = "mean" }',
}
FORMULA = """
format = 1
id = "bench-formula"
version = 1
effective = 2000-01-01
status = "conformance"
kind = "formula"
series = ["LOW-CARBON"]
title = "bench"
summary = "bench"
calendar = "every_day"

[specification]
unit = "CNY/t"
tax = "none"
step = 1

[hours]
zone = "Asia/Shanghai"
clause = "1"

[formula]
clause = "1"
line = "base + (ours - theirs) * carbon"

[[input]]
name = "base"
series = "S-000"
lag = "same_day"
clause = "1"
unit = "CNY/t"
tax = "none"

[[input]]
name = "ours"
series = "CI-A"
lag = "in_force"
clause = "1"
unit = "tCO2/t"
tax = "none"

[[input]]
name = "theirs"
series = "CI-B"
lag = "in_force"
clause = "1"
unit = "tCO2/t"
tax = "none"

[[input]]
name = "carbon"
series = "CARBON"
lag = "previous_published"
clause = "1"
unit = "CNY/tCO2"
tax = "none"

[rounding]
rule = "half_up"
clause = "1"

[clauses."1"]
en = "As the bench says."
zh = "见基准说明。"
"""


def assessed(name: str, series: int) -> str:
    """One of the three documents."""
    listed = ", ".join(f'"S-{n:03d}"' for n in range(series))
    return SCREENED.format(name=name, series=listed, rung=RUNGS[name])
