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

type partitionLimitKey struct{}

// PartitioningEnabled reports whether the config of the source that ctx's
// command is for has partitionAggregationEnabled set. As with the original, any
// value but false, 0, null and "" counts; unlike there, the texts "false" and
// "0", which forms make of an empty box, do not.
func PartitioningEnabled(ctx context.Context) bool { return Info(ctx).Source.PartitionAggregation }

// Partitioned adapts a method that lists one partition of the objects at a time,
// and one that finds the partitions. Where the source's config asks for it (see
// [PartitioningEnabled]) and there are partitions, they are listed concurrently
// (see [ListPartitions]) and their outputs merged; else list is called once,
// with nil, for all objects.
//
// A state that partitions save is the command's: the last one counts.
func Partitioned[C, In, Out, P any](
	partitions func(C, context.Context, In) ([]P, error),
	list func(C, context.Context, In, *Stream[Out], *P) error,
) Handler[C] {
	return Streaming(func(client C, ctx context.Context, in In, out *Stream[Out]) error {
		if !PartitioningEnabled(ctx) {
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
			return list(client, ctx, in, out.within(ctx), &p)
		})
	})
}

// ListPartitions calls list for each partition, at most limit of them at the same
// time; 0 stands for the registry's limit, see [WithPartitionLimit]. It returns
// when all calls have. The first error, or panic, is the result: it ends the
// context of the other calls, and no more are made.
func ListPartitions[P any](ctx context.Context, partitions []P, limit int, list func(context.Context, P) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	log, start := Logger(ctx), time.Now()
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(partitionLimit(ctx, limit), len(partitions)) {
		workers.Go(func() {
			for ctx.Err() == nil {
				n := int(next.Add(1))
				if n > len(partitions) {
					return
				}
				if err := listPartition(ctx, partitions[n-1], list); err != nil {
					cancel(err)
					return
				}
				log.InfoContext(ctx, "partition done", "partition", n, "of", len(partitions), "after", time.Since(start))
			}
		})
	}
	workers.Wait()
	return context.Cause(ctx)
}

// partitionLimit returns the first limit that is set: the caller's, the
// registry's, the default.
func partitionLimit(ctx context.Context, limit int) int {
	registered, _ := ctx.Value(partitionLimitKey{}).(int)
	for _, n := range []int{limit, registered} {
		if n > 0 {
			return n
		}
	}
	return defaultPartitions
}

// listPartition lists one partition. A panic, which would end the program in a
// goroutine of its own, is an error.
func listPartition[P any](ctx context.Context, p P, list func(context.Context, P) error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked(ctx, v)
		}
	}()
	return list(ctx, p)
}
