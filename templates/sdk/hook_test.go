package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestHooks(t *testing.T) {
	t.Parallel()
	failed := errors.New("refused")
	var seen []string
	note := func(what string) { seen = append(seen, what) }
	list := Streaming(func(_ nothing, _ context.Context, in EntitlementListInput, out *Stream[string]) error {
		note("list " + in.Type)
		_ = out.Send("a") // a hook's error counts, whatever the method makes of it
		_ = out.Send("b")
		return nil
	})
	for name, tt := range map[string]struct {
		hooks       []Option
		want, fails string
		seen        string
	}{
		"none": {nil, "ab", "", "list group"},
		"in their order": {[]Option{
			Before("c", "group", func(_ context.Context, in EntitlementListInput) (EntitlementListInput, error) {
				in.Type += "1"
				return in, nil
			}),
			Before("c", "group", func(_ context.Context, in EntitlementListInput) (EntitlementListInput, error) {
				in.Type += "2"
				return in, nil
			}),
			After("c", "group", func(_ context.Context, out string) (string, error) { return out + "1", nil }),
			After("c", "group", func(_ context.Context, out string) (string, error) { return out + "2", nil }),
		}, "a12b12", "", "list group12"},
		"of another type": {[]Option{
			Before("c", "role", func(context.Context, EntitlementListInput) (EntitlementListInput, error) {
				return EntitlementListInput{}, failed
			}),
			Before("d", "group", func(context.Context, EntitlementListInput) (EntitlementListInput, error) {
				return EntitlementListInput{}, failed
			}),
		}, "ab", "", "list group"},
		"before fails": {[]Option{
			Before("c", "group", func(_ context.Context, in EntitlementListInput) (EntitlementListInput, error) { return in, failed }),
		}, "", "refused", ""},
		"after fails": {[]Option{
			After("c", "group", func(_ context.Context, out string) (string, error) {
				if out == "b" {
					return out, failed
				}
				return out, nil
			}),
		}, "a", "refused", "list group"},
		"after panics": {[]Option{
			After("c", "group", func(context.Context, string) (string, error) { panic("oops") }),
		}, "", "panic: oops", "list group"},
		"of wrong types": {[]Option{
			After("c", "group", func(context.Context, int) (int, error) { return 0, nil }),
		}, "", "a hook is a func(context.Context, int) (int, error), and the command needs a func(context.Context, string) (string, error)", ""},
	} {
		seen = nil
		r := newTester(Handlers[nothing]{"c": ByType(map[string]Handler[nothing]{"group": list})}, tt.hooks...)
		result, err := Call[string](t.Context(), r, "c", EntitlementListInput{Type: "group"}, nil)
		if got := strings.Join(result.Outputs, ""); got != tt.want {
			t.Errorf("%s: outputs %q, want %q", name, got, tt.want)
		}
		if tt.fails != "" {
			mentions(t, err, tt.fails)
		} else if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got := strings.Join(seen, ", "); got != tt.seen {
			t.Errorf("%s: %s, want %s", name, got, tt.seen)
		}
	}
}

func TestAfterAction(t *testing.T) {
	t.Parallel()
	ran := false
	r := newTester(Handlers[nothing]{"delete": Action(func(nothing, context.Context, AccountDeleteInput) error { return nil })},
		AfterAction("delete", func(ctx context.Context) error {
			ran = Info(ctx).Command == "delete"
			return nil
		}))
	if _, err := Call[struct{}](t.Context(), r, "delete", AccountDeleteInput{}, nil); err != nil || !ran {
		t.Errorf("%v, ran: %v", err, ran)
	}
}

// TestHandleAndUse: handlers of the connector's own, and middleware around all.
func TestHandleAndUse(t *testing.T) {
	t.Parallel()
	type greeting struct {
		Name string `json:"name"`
	}
	handlers := Handlers[nothing]{"std:account:delete": Action(func(nothing, context.Context, AccountDeleteInput) error { return errors.New("the spec's") })}
	r := newTester(handlers)
	r.Handle("custom:greet", Unary(func(_ nothing, _ context.Context, in greeting) (string, error) { return "Hello " + in.Name, nil }))
	r.Handle("std:account:delete", Action(func(nothing, context.Context, AccountDeleteInput) error { return nil }))
	var order []string
	for _, name := range []string{"inner", "outer"} {
		r.Use(func(next Handler[nothing]) Handler[nothing] {
			return func(ctx context.Context, client nothing, input json.RawMessage, out *Writer) error {
				order = append(order, fmt.Sprintf("%s %s", name, Info(ctx).Command))
				return next(ctx, client, input, out)
			}
		})
	}
	result, err := Call[string](t.Context(), r, "custom:greet", greeting{"Ada"}, nil)
	if err != nil || len(result.Outputs) != 1 || result.Outputs[0] != "Hello Ada" {
		t.Errorf("%v, %v", result, err)
	}
	if _, err := Call[struct{}](t.Context(), r, "std:account:delete", AccountDeleteInput{}, nil); err != nil {
		t.Error(err)
	}
	if want := "outer custom:greet inner custom:greet outer std:account:delete inner std:account:delete"; strings.Join(order, " ") != want {
		t.Errorf("middleware ran as %v", order)
	}
	if len(handlers) != 1 {
		t.Error("Handle has changed the handlers that the registry was given")
	}
}

func TestCall(t *testing.T) {
	t.Parallel()
	r := newTester(Handlers[nothing]{
		"list": Streaming(func(_ nothing, _ context.Context, in AccountListInput, out *Stream[member]) error {
			return errors.Join(
				out.Send(member{Key: SimpleKey("1"), Attributes: memberAttributes{ID: "1", Age: Ptr(int64(7))}}),
				out.KeepAlive(), out.PatchConfig(ConfigPatch{"add", "/a", "b"}), out.SaveState(map[string]string{"since": "now"}),
			)
		}),
		"fails": Streaming(func(_ nothing, _ context.Context, _ AccountListInput, out *Stream[member]) error {
			return errors.Join(out.Send(member{Key: SimpleKey("1")}), NotFound("gone"))
		}),
		"password": Unary(func(_ nothing, _ context.Context, in ChangePasswordInput) (string, error) {
			return in.Password.Reveal(), nil
		}),
		"login": Unary(func(_ nothing, _ context.Context, in AuthenticateInput) (string, error) {
			return in.Username + in.Password.Reveal(), nil
		}),
	})
	result, err := Call[member](t.Context(), r, "list", AccountListInput{}, map[string]any{"token": "x"})
	if err != nil || len(result.Outputs) != 1 || result.Outputs[0].ID() != "1" || *result.Outputs[0].Attributes.Age != 7 {
		t.Errorf("%+v, %v", result, err)
	}
	if result.KeepAlives != 1 || len(result.Patches) != 1 || string(result.State) != `{"since":"now"}` {
		t.Errorf("%+v", result)
	}
	result, err = Call[member](t.Context(), r, "fails", AccountListInput{}, nil)
	var typed *Error
	if len(result.Outputs) != 1 || !errors.As(err, &typed) || typed.Type != NotFoundError {
		t.Errorf("%+v, %v", result, err)
	}
	for command, in := range map[Command]any{
		"password": ChangePasswordInput{Identity: "1", Password: NewSecret("s3cret")},
		"login":    AuthenticateInput{Password: NewSecret("s3cret")},
	} {
		if result, err := Call[string](t.Context(), r, command, in, nil); err != nil || result.Outputs[0] != "s3cret" {
			t.Errorf("%s: %v, %v", command, result, err)
		}
	}
}
