"""The kinds of models whose mean is the prediction: each as arrays or in its library's own text format."""
