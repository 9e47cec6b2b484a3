package sdk

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// newConfigured returns a connector whose config has an address and a number of pages.
func newConfigured(opts ...Option) *Connector {
	decode := func(raw json.RawMessage) (map[string]any, error) {
		config := make(map[string]any)
		if json.Unmarshal(raw, &config) != nil {
			return nil, errors.New("config: must be an object, not a list")
		}
		if config["token"] != nil {
			config["token"] = NewSecret("hidden")
		}
		var found []ConfigProblem
		if config["address"] == nil {
			found = append(found, ConfigProblem{"address", "must be a URL", false})
		}
		if config["pages"] == nil {
			config["pages"] = 5
			found = append(found, ConfigProblem{"pages", "is required", true})
		}
		if config["panic"] != nil {
			panic("out of order")
		}
		if found != nil {
			return config, Errorf("%w", &ConfigError{Problems: found})
		}
		return config, nil
	}
	open := func(context.Context, map[string]any) (nothing, error) { return nothing{}, nil }
	spec := testSpec
	spec.JSON = `{"name":"tester","sourceConfig":[{"type":"url","key":"address"},{"type":"number","key":"pages"},{"type":"secret","key":"token"}]}`
	return New(spec, decode, open, []Handler[nothing]{}, append(opts, silent())...)
}

func TestConfigCommand(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		config  string
		lenient bool
		code    int
		text    string
		json    string
	}{
		"right": {
			config: `{"address":"a","pages":1,"token":"hidden"}`,
			text:   "{\n  \"address\": \"a\",\n  \"pages\": 1,\n  \"token\": \"[redacted]\"\n}\n",
			json:   `{"config":{"address":"a","pages":1,"token":"[redacted]"},"findings":[],"usable":true}`,
		},
		"all that is wrong": {
			config: `{"adress":"a","toKen":1}`, code: 1,
			text: "error: address must be a URL\nerror: pages is required\nwarning: adress is not in the spec; did you mean \"address\"?\nwarning: toKen is not in the spec; did you mean \"token\"?\n\n" +
				"{\n  \"adress\": \"a\",\n  \"pages\": 5,\n  \"toKen\": 1\n}\n",
			json: `{"config":{"adress":"a","pages":5,"toKen":1},"findings":[{"key":"address","message":"must be a URL","severity":"error"},{"key":"pages","message":"is required","severity":"error"},` +
				`{"key":"adress","message":"is not in the spec; did you mean \"address\"?","severity":"warning"},{"key":"toKen","message":"is not in the spec; did you mean \"token\"?","severity":"warning"}],"usable":false}`,
		},
		"tolerated": {
			config: `{"address":"a"}`, lenient: true,
			text: "warning: pages is required\n\n{\n  \"address\": \"a\",\n  \"pages\": 5\n}\n",
			json: `{"config":{"address":"a","pages":5},"findings":[{"key":"pages","message":"is required","severity":"warning"}],"usable":true}`,
		},
		"intolerable": {
			config: `{"pages":2}`, lenient: true, code: 1,
			text: "error: address must be a URL\n\n{\n  \"pages\": 2\n}\n",
			json: `{"config":{"pages":2},"findings":[{"key":"address","message":"must be a URL","severity":"error"}],"usable":false}`,
		},
		"not an object": {
			config: `[]`, code: 1,
			text: "error: must be an object, not a list\n\nnull\n",
			json: `{"config":null,"findings":[{"key":"","message":"must be an object, not a list","severity":"error"}],"usable":false}`,
		},
		"panic": {
			config: `{"panic":1}`, code: 1,
			text: "error: panic: out of order\n\nnull\n",
			json: `{"config":null,"findings":[{"key":"","message":"panic: out of order","severity":"error"}],"usable":false}`,
		},
		"escapes": {
			config: `{"address":"\u001b[31m","pages":1}`,
			text:   "{\n  \"address\": \"\\u001b[31m\",\n  \"pages\": 1\n}\n",
			json:   `{"config":{"address":"\u001b[31m","pages":1},"findings":[],"usable":true}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var opts []Option
			if tt.lenient {
				opts = append(opts, Lenient())
			}
			file := filepath.Join(t.TempDir(), "config.json")
			if err := os.WriteFile(file, []byte(tt.config), 0o600); err != nil {
				t.Fatal(err)
			}
			for format, want := range map[string]string{"text": tt.text, "json": tt.json} {
				var out, problems strings.Builder
				code := newConfigured(opts...).Execute(t.Context(), []string{"app", "config", "--config", file, "--format", format}, &out, &problems)
				got := out.String()
				if format == "json" {
					var compact strings.Builder
					var v any
					if err := json.Unmarshal([]byte(got), &v); err != nil {
						t.Fatal(err)
					}
					e := json.NewEncoder(&compact)
					e.SetEscapeHTML(false)
					_ = e.Encode(v)
					got = strings.TrimSpace(compact.String())
				}
				refused := strings.Contains(problems.String(), "app: the connector refuses the config in "+file)
				if code != tt.code || got != want || refused != (code == 1) {
					t.Errorf("%s: exit %d, %q\n%s\nwant\n%s", format, code, problems.String(), got, want)
				}
			}
		})
	}
}

// TestStandardInput: - in place of a file is the standard input.
func TestStandardInput(t *testing.T) {
	t.Parallel()
	run := func(stdin string, args ...string) (stdout string, err error) {
		var out strings.Builder
		err = newConfigured().execute(t.Context(), program{name: "app", stdin: strings.NewReader(stdin), stdout: &out, stderr: &out}, args)
		return out.String(), err
	}
	if out, err := run(`{"address":"a","pages":3}`, "config", "--config", "-"); err != nil || !strings.Contains(out, `"pages": 3`) {
		t.Errorf("%s, %v", out, err)
	}
	if _, err := run(`{`, "config", "--config=-"); err == nil || err.Error() != "--config: standard input is not JSON: it ends too early" {
		t.Error(err)
	}
	if _, err := run("", "invoke", "std:spec:read", "--input", "-"); err == nil || err.Error() != "--input: standard input is empty" {
		t.Error(err)
	}
	if _, err := run(`{}`, "config", "--config", "-"); err == nil || err.Error() != "the connector refuses the config in standard input" {
		t.Error(err)
	}
}
