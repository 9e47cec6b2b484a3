package browser

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// browserNames are the commands to look for, with their names in Debian, in other systems and from
// Google.
var browserNames = []string{"chromium", "chromium-browser", "google-chrome"}

// chrome is the browser of this run. Each page is a tab of it.
var chrome context.Context

// scratch is a folder of this run.
var scratch string

// axe finds accessibility violations in a page.
//
//go:embed testdata/axe-core/axe.min.js
var axe string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(run(m))
}

func run(m *testing.M) (code int) {
	path, err := findBrowser()
	if err != nil {
		fmt.Println(err)
		return 1
	}
	if path == "" {
		fmt.Println("make browser is skipped: it needs Chromium or Google Chrome, on the PATH or at $CONNGEN_BROWSER")
		return 0
	}
	scratch, err = os.MkdirTemp("", "conngen-browser-")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(scratch)
	end, err := startBrowser(path)
	if err != nil {
		fmt.Printf("%s does not start: %v\n", path, err)
		return 1
	}
	defer end()
	return m.Run()
}

// findBrowser returns the path of a browser; an empty one if there is none.
func findBrowser() (string, error) {
	if named := os.Getenv("CONNGEN_BROWSER"); named != "" {
		path, err := exec.LookPath(named)
		if err != nil {
			return "", fmt.Errorf("CONNGEN_BROWSER: %w", err)
		}
		return path, nil
	}
	for _, name := range browserNames {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", nil
}

// startBrowser starts a browser that can only reach this machine.
func startBrowser(path string) (end func(), err error) {
	options := append([]chromedp.ExecAllocatorOption{},
		chromedp.DefaultExecAllocatorOptions[:]...)
	options = append(options,
		chromedp.ExecPath(path),
		chromedp.UserDataDir(filepath.Join(scratch, "profile")),
		chromedp.DisableGPU,
		chromedp.WSURLReadTimeout(time.Minute),
		chromedp.Flag("no-proxy-server", true),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"),
		chromedp.Flag("lang", "en-US"),
	)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	if err := chromedp.Do(ctx); err != nil {
		cancel()
		stop()
		return nil, err
	}
	chrome = ctx
	return func() {
		closing, done := context.WithTimeout(ctx, 10*time.Second)
		defer done()
		_ = chromedp.Cancel(closing) // the tests have passed or failed by now
		stop()
	}, nil
}

// program is the command, built once.
var program = sync.OnceValues(func() (string, error) {
	path := filepath.Join(scratch, "conngen")
	build := exec.Command("go", "-C", "../..", "build", "-o", path, "./cmd/conngen")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})
