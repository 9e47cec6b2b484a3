package sdk

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// defaultPartitions is how many partitions are listed at the same time: enough
// to hide a source's latency, few enough not to meet its rate limits.
const defaultPartitions = 8

// WithPartitionLimit sets how many partitions of a command are listed at the
// same time; the default, also for 0, is 8.
func WithPartitionLimit(n int) Option {
	return func(o *options) { o.partitions = n }
}

// Partitioned makes a handler from a method that lists one partition of the objects at a
// time, and one that finds the partitions. If the source's config asks for partitions,
// see [SourceSettings], and there are some, they are listed concurrently, see
// [ListPartitions], and their outputs are merged. Otherwise list is called once, with
// nil, for all objects.
//
// State that partitions save is the command's: the last one counts.
func Partitioned[C, In, Out, P any](
	m Method[In, Out],
	partitions func(C, context.Context, In) ([]P, error),
	list func(C, context.Context, In, *Stream[Out], *P) error,
) Handler[C] {
	return Streaming(m, func(client C, ctx context.Context, in In, out *Stream[Out]) error {
		if !Info(ctx).Source.PartitionAggregation {
			return list(client, ctx, in, out, nil)
		}
		found, err := partitions(client, ctx, in)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return list(client, ctx, in, out, nil)
		}
		return ListPartitions(ctx, found, 0, func(ctx context.Context, p P) error {
			return list(client, ctx, in, within(ctx, out), &p)
		})
	})
}

// ListPartitions calls list for each partition, at most limit at a time; 0 means the
// connector's limit, see [WithPartitionLimit]. It returns after all calls have returned.
// The first error or panic is the result: it cancels the context of the other calls, and
// no more are made.
func ListPartitions[P any](ctx context.Context, partitions []P, limit int, list func(context.Context, P) error) error {
	return listPartitions(ctx, len(partitions), limit, func(ctx context.Context, n int) error {
		return list(ctx, partitions[n])
	})
}

// listPartitions calls list with 0 to n-1.
func listPartitions(ctx context.Context, n, limit int, list func(context.Context, int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	log, start := Logger(ctx), time.Now()
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			number := int(next.Add(1))
			if number > n {
				return
			}
			if err := listPartition(ctx, number-1, list); err != nil {
				cancel(err)
				return
			}
			log.InfoContext(ctx, "partition done", "partition", number, "of", n, "after", time.Since(start))
		}
	}
	var workers sync.WaitGroup
	for range min(partitionLimit(ctx, limit), n) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			work()
		}()
	}
	workers.Wait()
	return context.Cause(ctx)
}

// partitionLimit returns the first limit that is set: the caller's, the
// connector's, the default.
func partitionLimit(ctx context.Context, limit int) int {
	ofConnector, _ := ctx.Value(partitionLimitKey{}).(int)
	for _, n := range []int{limit, ofConnector} {
		if n > 0 {
			return n
		}
	}
	return defaultPartitions
}

// listPartition lists one partition. A panic, which would end the program in a
// goroutine of its own, is an error.
func listPartition(ctx context.Context, n int, list func(context.Context, int) error) error {
	return apart(func() (err error) {
		defer func() {
			if v := recover(); v != nil {
				err = panicked(ctx, v)
			}
		}()
		return list(ctx, n)
	})
}
