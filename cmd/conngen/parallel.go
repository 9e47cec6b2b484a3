package main

import (
	"runtime"

	"golang.org/x/sync/errgroup"
)

// inParallel does the same with each of list, and calls step after each. It returns the results in
// the order of list. When several fail, the error is that of the first in the list.
func inParallel[T, R any](step func(), list []T, do func(T) (R, error)) ([]R, error) {
	results := make([]R, len(list))
	err := countInParallel(step, len(list), func(i int) (err error) {
		results[i], err = do(list[i])
		return err
	})
	return results, err
}

// countInParallel is inParallel for numbers up to n. It is separate, since the program has a
// copy of inParallel for each type.
func countInParallel(step func(), n int, do func(int) error) error {
	errs := make([]error, n)
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error {
			defer step()
			errs[i] = do(i)
			return nil
		})
	}
	_ = group.Wait() // the errors are in their places
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
