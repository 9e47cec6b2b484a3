package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/conngen/conngen/console"
	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/generator"
)

// devOptions say what dev works on, and where it shows it.
type devOptions struct {
	addr, config, connector, goPackage string
	noOpen                             bool

	given func(flag string) bool // whether a flag is given
}

const (
	defaultDevHost = "127.0.0.1"
	defaultDevPort = 7070
	devPorts       = 100 // that are tried from the default one on
)

func (a app) devCommand() *cobra.Command {
	var o devOptions
	cmd := &cobra.Command{
		Use:   "dev [PATH]",
		Short: "Work on a connector and see it in the browser",
		Long: "dev builds and runs the connector. After each change of the spec, .conngen.json\n" +
			"or Go code it validates, generates, builds, starts the new program, and stops\n" +
			"the old one once the new one answers. While a change does not build, the last\n" +
			"good program keeps running. Problems appear here and in the browser, with file,\n" +
			"line and column.\n" +
			"\n" +
			"The page shows the form of the source, runs commands, and lists their output.\n" +
			"Its URL has a token, which is new in each run. Other programs send commands to\n" +
			"the same address, without the token. The config comes from config.json in the\n" +
			"folder of the spec, or from --config. You can change it in the page.\n" +
			"\n" +
			"--connector shows a connector that you run elsewhere, on any SDK. dev then\n" +
			"builds nothing, and asks the connector for its spec if PATH has none.\n" +
			"\n" +
			"dev adds no methods to the client, but names those that stub would add. Ctrl-C\n" +
			"stops dev and the connector.",
		Example: "  conngen dev\n" +
			"\n" +
			"  # a project in another folder, with a config of its own, on any free port\n" +
			"  conngen dev ../hr --config ../hr.json --addr 127.0.0.1:0\n" +
			"\n" +
			"  # a connector in TypeScript, started by npm run dev\n" +
			"  conngen dev --connector http://localhost:3000 --no-open",
		Args: atMostOne("dev works on one connector at a time"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.given = cmd.Flags().Changed
			return a.dev(cmd.Context(), args, o)
		},
		ValidArgsFunction: completeSpec,
	}
	addText(cmd, &o.addr, "addr", net.JoinHostPort(defaultDevHost, strconv.Itoa(defaultDevPort)), anAddress, "address of the page; without the flag, the next free port if this one is in use")
	addText(cmd, &o.config, "config", "config.json", aConfig, "file with the config of the source (default: in the folder of the spec)")
	addText(cmd, &o.connector, "connector", "", aURL, "URL of a connector that runs elsewhere")
	addText(cmd, &o.goPackage, "go-package", ".", aFolder, "folder of the main package, relative to the spec's")
	cmd.Flags().BoolVar(&o.noOpen, "no-open", false, "do not open the browser")
	completeFlag(cmd, "config", cobra.FixedCompletions([]cobra.Completion{"json"}, cobra.ShellCompDirectiveFilterFileExt))
	completeFolders(cmd, "go-package")
	completeNothing(cmd, "addr", "connector")
	return cmd
}

// check refuses flags that mean nothing.
func (o devOptions) check() error {
	host, port, err := net.SplitHostPort(o.addr)
	switch {
	case isPort(o.addr):
		return usagef("--addr %q is only a port; did you mean %s?", o.addr, net.JoinHostPort(defaultDevHost, o.addr))
	case err != nil || !isPort(port):
		return usagef("--addr %q is not HOST:PORT, such as 127.0.0.1:7070", o.addr)
	case host == "":
		return usagef("--addr %q has no host; use 127.0.0.1:%s for this machine only, or 0.0.0.0:%s for others too", o.addr, port, port)
	case o.given("config") && o.config == "":
		return usagef("--config is empty; name a file")
	}
	if !o.given("connector") {
		return nil
	}
	if err := checkURL("connector", o.connector); err != nil {
		return err
	}
	if o.given("go-package") {
		return usagef("--go-package is about a connector that dev builds, and --connector names one that runs already")
	}
	return nil
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

func (a app) dev(ctx context.Context, args []string, o devOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	p, err := a.newDevProject(args, o)
	if err != nil {
		return err
	}
	err = interruptible(ctx, func(ctx context.Context) error { return a.runDev(ctx, p, o) })
	if i := (interruption{}); errors.As(err, &i) && i.done { // which is how users stop it
		return nil
	}
	return err
}

// runDev serves the page and runs the loop until the context ends.
func (a app) runDev(ctx context.Context, p *devProject, o devOptions) error {
	listener, err := o.listen(ctx)
	if err != nil {
		return err
	}
	defer listener.Close()
	options := loop.Options{Project: p, Files: loop.NewDisk(p.scope, a.explainPolling), Remote: p.connector}
	workspace, err := devWorkspace()
	if err != nil {
		return err
	}
	defer workspace.Close()
	runner := &loop.GoRunner{Dir: p.dir, Lock: workspace.Lock()}
	if p.connector == "" {
		options.Builder = &loop.GoBuilder{Dir: p.dir, Package: o.goPackage, Temp: workspace.Path(), Lock: workspace.Lock()}
		options.Runner, options.Health = runner, loop.Healthy
	} else {
		options.Health = p.remote.answers
	}
	l := loop.New(options)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	page, err := newConsole(l, p, o, listener, workspace.Path())
	if err != nil {
		return err
	}
	shown := a.showLoop(l, p, page)
	end := a.serveDev(listener, page, o, cancel)
	err = a.runLoop(ctx, l, page.EndCalls, runner.Kill)
	end()
	<-shown
	if broken := (brokenServer{}); errors.As(context.Cause(ctx), &broken) {
		return broken
	}
	return err
}

// A brokenServer is why the page can no longer be served.
type brokenServer struct{ error }

// explainPolling says why a change takes a moment to be seen.
func (a app) explainPolling(reason string) {
	a.note("%s, so dev looks at files each second", reason)
}

// devWorkspace returns a folder for programs and recordings, which belongs to the user alone. The
// next run removes what a killed one left in it.
func devWorkspace() (*generator.Workspace, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("dev cannot make a folder for the programs that it builds: %w", err)
	}
	return generator.NewWorkspace(filepath.Join(cache, "conngen"))
}

// isAny reports whether an error is one of some of the system's. Windows has numbers of its own.
func isAny(err error, numbers ...syscall.Errno) bool {
	return slices.ContainsFunc(numbers, func(n syscall.Errno) bool { return errors.Is(err, n) })
}

// Windows' numbers of what syscall calls EADDRINUSE and so on.
const (
	windowsInUse  = syscall.Errno(10048)
	windowsNoHost = syscall.Errno(10049)
	windowsDenied = syscall.Errno(10013)
)

// listen listens on the address of the page. Without --addr, the next free port replaces one that
// is taken.
func (o devOptions) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.addr)
	for port := defaultDevPort + 1; !o.given("addr") && isAny(err, syscall.EADDRINUSE, windowsInUse) && port < defaultDevPort+devPorts; port++ {
		listener, err = config.Listen(ctx, "tcp", net.JoinHostPort(defaultDevHost, strconv.Itoa(port)))
	}
	var noName *net.DNSError
	switch {
	case err == nil:
		return listener, nil
	case isAny(err, syscall.EADDRINUSE, windowsInUse):
		return nil, fmt.Errorf("another program listens on %s; choose another address with --addr", o.addr)
	case isAny(err, syscall.EADDRNOTAVAIL, windowsNoHost):
		return nil, fmt.Errorf("%s is not an address of this machine", o.addr)
	case isAny(err, syscall.EACCES, windowsDenied):
		return nil, fmt.Errorf("this user may not listen on %s; choose a port from 1024 on with --addr", o.addr)
	case errors.As(err, &noName):
		return nil, fmt.Errorf("--addr: unknown host %s", noName.Name)
	}
	return nil, fmt.Errorf("dev cannot listen on %s: %w", o.addr, err)
}

// closePatience is how long requests may take to end when everything else has ended.
const closePatience = 2 * time.Second

// serveDev serves the page, says where, and opens it. The result ends that.
func (a app) serveDev(listener net.Listener, page *console.Server, o devOptions, fail context.CancelCauseFunc) (end func()) {
	ticket, base := newTicket(), "http://"+reachable(listener)
	address := base + "/#token=" + page.Token()
	server := &http.Server{
		Handler:           ticket.before(page, address),
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
	}
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fail(brokenServer{fmt.Errorf("dev can no longer listen on %s: %w", listener.Addr(), err)})
		}
	}()
	fmt.Fprintf(a.stderr, "%s\n", address)
	if !isLoopback(listener) {
		fmt.Fprintf(a.stderr, "warning: other machines can reach %s and send commands to the connector\n", listener.Addr())
	}
	if !o.noOpen && a.screen.stderr.terminal {
		if err := openBrowser(base + ticket.path()); err != nil {
			a.note("the browser does not open (%v); the URL is above", err)
		}
	}
	return func() {
		_ = page.Close() // which ends the streams of events; the workspace takes the recordings with it
		ctx, cancel := context.WithTimeout(context.Background(), closePatience)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			_ = server.Close()
		}
	}
}

// reachable is the address of a listener by which this machine reaches it.
func reachable(listener net.Listener) string {
	address, ok := listener.Addr().(*net.TCPAddr)
	if ok && address.IP.IsUnspecified() {
		return net.JoinHostPort(defaultDevHost, strconv.Itoa(address.Port))
	}
	return listener.Addr().String()
}

func isLoopback(listener net.Listener) bool {
	address, ok := listener.Addr().(*net.TCPAddr)
	return ok && address.IP.IsLoopback()
}
