"""Its lines of the registry."""

from script_shared.use_cases import Entry

HERE = "tests.fourth_use_case"
LOANS = Entry("loans", pipelines=f"{HERE}.use_case:LOANS", app=f"{HERE}.served:LOANS")
MONITORED = Entry("loans", pipelines=f"{HERE}.use_case:MONITORED", app=f"{HERE}.served:LOANS")
