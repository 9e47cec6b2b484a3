package sdk

import "iter"

// Mapped returns a function that takes what a call returns, and returns the same with the
// value mapped. After an error there is no value: f is not called, the result is the zero B,
// and the error stays as it is. So a method that reads one object of the source is one line:
//
//	return sdk.Mapped(toAccount)(c.user(ctx, in.ID()))
func Mapped[A, B any](f func(A) B) func(A, error) (B, error) {
	return func(a A, err error) (B, error) {
		if err != nil {
			var none B
			return none, err
		}
		return f(a), nil
	}
}

// MapAll returns a sequence with its values mapped, each when it is asked for. An error
// comes through with the zero B, and f is not called for it. So a method that lists the
// objects of the source is one line:
//
//	return out.SendAll(sdk.MapAll(c.users(ctx), toAccount))
func MapAll[A, B any](all iter.Seq2[A, error], f func(A) B) iter.Seq2[B, error] {
	mapped := Mapped(f)
	return func(yield func(B, error) bool) {
		for a, err := range all {
			if !yield(mapped(a, err)) {
				return
			}
		}
	}
}
