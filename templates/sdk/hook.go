package sdk

import "context"

// Hooks change what comes into a command's method and what goes out of it,
// without touching the method: what connector customizers do. They run in the
// order in which they are given to the registry. The generated package has one
// function for each command, which gives the command and the types.
//
// A hook before a command replaces the input; when it fails, the command does not
// run, and fails with its error. A hook behind a command replaces each output on
// its way out, one at a time, in their order; state, keep-alives and config
// patches pass by it. When it fails, the output is not sent, no more are, and the
// command fails. Hooks do not see handlers that use a [Writer] themselves.

// A hookPoint is where hooks are: a command, and one entitlement type of it or "".
type hookPoint struct {
	command    Command
	objectType string
}

// hooks are functions of any types by their points.
type hooks struct {
	before, after map[hookPoint][]any
}

// Before returns the option for a hook before a command; of entitlement commands
// before those for one type.
func Before[In any](command Command, objectType string, hook func(context.Context, In) (In, error)) Option {
	return func(o *options) { add(&o.hooks.before, hookPoint{command, objectType}, hook) }
}

// After returns the option for a hook behind a command; of entitlement commands
// behind those for one type.
func After[Out any](command Command, objectType string, hook func(context.Context, Out) (Out, error)) Option {
	return func(o *options) { add(&o.hooks.after, hookPoint{command, objectType}, hook) }
}

// AfterAction returns the option for a hook behind a command without outputs.
func AfterAction(command Command, hook func(context.Context) error) Option {
	return After(command, "", func(ctx context.Context, output struct{}) (struct{}, error) { return output, hook(ctx) })
}

func add(all *map[hookPoint][]any, at hookPoint, hook any) {
	if *all == nil {
		*all = make(map[hookPoint][]any)
	}
	(*all)[at] = append((*all)[at], hook)
}

type hooksKey struct{}

type objectTypeKey struct{}

// withObjectType notes which entitlement type a command is for.
func withObjectType(ctx context.Context, objectType string) context.Context {
	return context.WithValue(ctx, objectTypeKey{}, objectType)
}

// at returns the hooks of the command that ctx belongs to.
func at(ctx context.Context, which func(*hooks) map[hookPoint][]any) []any {
	all, _ := ctx.Value(hooksKey{}).(*hooks)
	if all == nil {
		return nil
	}
	objectType, _ := ctx.Value(objectTypeKey{}).(string)
	return which(all)[hookPoint{Info(ctx).Command, objectType}]
}

// chain makes one function of hooks, nil where there are none.
func chain[T any](found []any) (func(context.Context, T) (T, error), error) {
	if len(found) == 0 {
		return nil, nil
	}
	var typed []func(context.Context, T) (T, error)
	for _, hook := range found {
		h, ok := hook.(func(context.Context, T) (T, error))
		if !ok {
			return nil, Errorf("a hook is a %T, and the command needs a %T", hook, h)
		}
		typed = append(typed, h)
	}
	return func(ctx context.Context, value T) (T, error) {
		var err error
		for _, hook := range typed {
			if value, err = hook(ctx, value); err != nil {
				return value, err
			}
		}
		return value, nil
	}, nil
}

// readInput reads a command's input and lets the hooks before it change it.
func readInput[In any](ctx context.Context, raw []byte) (In, error) {
	in, err := decodeInput[In](raw)
	if err != nil {
		return in, err
	}
	return before(ctx, in)
}

// before lets the hooks before a command change its input.
func before[In any](ctx context.Context, in In) (In, error) {
	hook, err := chain[In](at(ctx, func(h *hooks) map[hookPoint][]any { return h.before }))
	if err != nil || hook == nil {
		return in, err
	}
	return hook(ctx, in)
}

// hookedStream returns a stream whose outputs pass the hooks behind the command.
func hookedStream[Out any](ctx context.Context, out *Writer) (*Stream[Out], error) {
	s := NewStream[Out](out)
	s.filter = filterOf(ctx)
	after, err := chain[Out](at(ctx, func(h *hooks) map[hookPoint][]any { return h.after }))
	if err != nil || after == nil {
		return s, err
	}
	s.after = func(output *Out) (err error) {
		out.hooking.Lock() // one at a time, from all parts of the command
		defer out.hooking.Unlock()
		defer func() {
			if v := recover(); v != nil {
				err = panicked(ctx, v)
			}
			if err != nil {
				out.spoil(err) // the command fails, whatever its method makes of the error
			}
		}()
		*output, err = after(ctx, *output)
		return err
	}
	return s, nil
}
