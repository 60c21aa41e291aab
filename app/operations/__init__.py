"""The pages for operators: releases, runs, drift, trainings and the record of decisions of every use case."""
