package sdk

import "context"

// Hooks change what a method gets and what it sends, without touching the method: what
// connector customizers do. Those of one method run in the order in which they are given.
//
// The core finds hooks by their points. That a hook's type is that of the handler at its
// point is checked once, by [New].

// hooks are the hooks of a connector.
type hooks struct{ before, after chains }

// chains are hooks by their points.
type chains map[point][]hook

// A hook changes what a pointer points to.
type hook struct {
	of     any // a nil pointer of its type, see typeAt
	change func(ctx context.Context, value any) error
}

// Before adds a hook before a method. It gets the input and returns the input that the
// method gets; when it fails, the method is not called and the command fails with its
// error.
func Before[In, Out any](m Method[In, Out], hook func(context.Context, In) (In, error)) Option {
	return beforeHook(m.at.point(), (*In)(nil), changing(hook))
}

// After adds a hook after a method. It gets each output, one at a time and in their
// order, and returns the output that is sent. State, keep-alives and config patches
// bypass it, and so does what the method sends with [Writer.Send]. When it fails, the
// output is not sent, no more are, and the command fails.
func After[In, Out any](m Method[In, Out], hook func(context.Context, Out) (Out, error)) Option {
	return afterHook(m.at.point(), (*Out)(nil), changing(hook))
}

func changing[T any](hook func(context.Context, T) (T, error)) func(context.Context, any) error {
	return func(ctx context.Context, value any) error {
		v := value.(*T)
		next, err := hook(ctx, *v)
		if err == nil {
			*v = next
		}
		return err
	}
}

func beforeHook(at point, of any, change func(context.Context, any) error) Option {
	return func(o *options) { o.hooks.before.add(at, of, change) }
}

func afterHook(at point, of any, change func(context.Context, any) error) Option {
	return func(o *options) { o.hooks.after.add(at, of, change) }
}

func (c *chains) add(at point, of any, change func(context.Context, any) error) {
	if *c == nil {
		*c = make(chains)
	}
	(*c)[at] = append((*c)[at], hook{of, change})
}

// run lets the hooks of a point change what value points to.
func (c chains) run(ctx context.Context, at point, value any) error {
	for _, h := range c[at] {
		if err := h.change(ctx, value); err != nil {
			return err
		}
	}
	return nil
}
