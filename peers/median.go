package main

import "slices"

// median returns the middle of the values, or the mean of the two in the middle. It is 0 without
// values.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return sorted[middle-1] + (sorted[middle]-sorted[middle-1])/2
}

// medianOf returns the median of a figure.
func medianOf[T any](all []T, figure func(T) float64) float64 {
	values := make([]float64, len(all))
	for i, x := range all {
		values[i] = figure(x)
	}
	return median(values)
}
