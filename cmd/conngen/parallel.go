package main

import (
	"runtime"

	"golang.org/x/sync/errgroup"
)

// inParallel does the same with each of list, and calls step after each. It returns the results in
// the order of list. When several fail, the error is that of the first in the list.
func inParallel[T, R any](step func(), list []T, do func(T) (R, error)) ([]R, error) {
	results := make([]R, len(list))
	errs := make([]error, len(list))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i, v := range list {
		group.Go(func() error {
			defer step()
			results[i], errs[i] = do(v)
			return nil
		})
	}
	_ = group.Wait() // the errors are in their places
	for _, err := range errs {
		if err != nil {
			return results, err
		}
	}
	return results, nil
}
