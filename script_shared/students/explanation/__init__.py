"""Why a risk is as it is: Shapley values of the factors, and plain sentences about them."""
