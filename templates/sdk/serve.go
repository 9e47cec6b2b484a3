//go:build !js

package sdk

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// serve answers commands over HTTP until ctx ends, then lets the running ones end.
func (r *Registry[C]) serve(ctx context.Context, flags *flag.FlagSet, args []string, stderr io.Writer) error {
	addr := flags.String("addr", "127.0.0.1:3000", "address to listen on")
	if err := parse(flags, args); err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *addr)
	if err != nil {
		return usageError{err}
	}
	fmt.Fprintf(stderr, "%s answers on http://%s\n", r.spec.Name, l.Addr())
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
		return server.Shutdown(context.WithoutCancel(ctx))
	}
}
