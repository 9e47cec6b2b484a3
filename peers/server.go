//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// A connector is a server to measure.
type connector struct {
	peer   string
	serve  func(address string) program
	listed int // accounts in a long list
}

// connectors returns ours, the one without an SDK, and, if it can run, the one on the original SDK.
func (c *comparison) connectors() []connector {
	all := []connector{
		{"conngen", func(address string) program {
			return program{dir: c.work, args: []string{c.program("listing"), "serve", "--addr", address}}
		}, 1_000_000},
		{handwritten, func(address string) program {
			return program{dir: c.work, args: []string{c.program("handwritten"), address}}
		}, 1_000_000},
	}
	if !c.hasOriginal() {
		return all
	}
	return append(all, connector{original, func(address string) program {
		_, port, _ := net.SplitHostPort(address)
		index := filepath.Join(c.repository, "conformance", "figures", "original.js")
		return program{dir: c.work, args: []string{"node", filepath.Join(c.sdkFolder(), "dist", "bin", "spcx.js"), index, port}}
	}, 1_000_000})
}

// A server is a running connector.
type server struct {
	launched
	output  *bytes.Buffer
	address string
	client  *http.Client
	done    chan struct{}
	took    usage
}

// start starts a connector and waits until it accepts connections.
func (k connector) start(ctx context.Context) (*server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	p := k.serve(address)
	s := &server{output: new(bytes.Buffer), address: address, done: make(chan struct{})}
	s.client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients, DisableCompression: true}}
	if s.launched, err = p.start(exec.CommandContext(ctx, p.args[0])); err != nil {
		return nil, err
	}
	go func() {
		defer close(s.done)
		s.took, _ = s.wait() // it ends by a signal
	}()
	for range 3000 {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			return s, conn.Close()
		}
		select {
		case <-s.done:
			return nil, fmt.Errorf("%s ended before it served", p)
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
	return nil, errors.Join(fmt.Errorf("%s does not serve", p), s.kill())
}

func (s *server) kill() error { return syscall.Kill(-s.cmd.Process.Pid, syscall.SIGKILL) }

// stop ends the server, and returns the resource usage of its whole life.
func (s *server) stop() (usage, error) {
	s.client.CloseIdleConnections()
	if err := syscall.Kill(-s.cmd.Process.Pid, syscall.SIGTERM); err != nil {
		return usage{}, err
	}
	select {
	case <-s.done:
	case <-time.After(20 * time.Second):
		return usage{}, errors.Join(errors.New("the server does not end"), s.kill())
	}
	if s.took.Peak == 0 {
		return usage{}, errors.New("the server's launcher did not report")
	}
	return s.took, nil
}

// freeAddress returns a currently unused address.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// ask sends a command for a source with some accounts, and returns the answer's body.
func (s *server) ask(ctx context.Context, command string, accounts int) (io.ReadCloser, error) {
	body := fmt.Sprintf(`{"type":%q,"input":{},"config":{"token":"%d"}}`, command, accounts)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.address+"/connector", bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.client.Do(req)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		defer res.Body.Close()
		text, _ := io.ReadAll(io.LimitReader(res.Body, 500))
		return nil, fmt.Errorf("%s: %s: %s", command, res.Status, text)
	}
	return res.Body, nil
}

// A listing is the timing of a list.
type listing struct {
	first, all float64 // seconds until the first byte, and until the last
}

// list lists accounts, counts them, and measures the time.
func (s *server) list(ctx context.Context, accounts int) (listing, error) {
	started := time.Now()
	body, err := s.ask(ctx, "std:account:list", accounts)
	if err != nil {
		return listing{}, err
	}
	defer body.Close()
	var l listing
	lines, buffer := 0, make([]byte, 256<<10)
	for {
		n, err := body.Read(buffer)
		if n > 0 && l.first == 0 {
			l.first = time.Since(started).Seconds()
		}
		lines += bytes.Count(buffer[:n], []byte{'\n'})
		if err == io.EOF {
			break
		}
		if err != nil {
			return l, err
		}
	}
	if lines != accounts {
		return l, fmt.Errorf("%d accounts came, not %d", lines, accounts)
	}
	l.all = time.Since(started).Seconds()
	return l, nil
}

// clients is how many clients call test-connection at once.
const clients = 8

// test lets the clients call test-connection for some time, and returns the calls answered per
// second and in total.
func (s *server) test(ctx context.Context, period time.Duration) (perSecond float64, all int, err error) {
	var count atomic.Int64
	var group sync.WaitGroup
	errs := make(chan error, clients)
	started := time.Now()
	for range clients {
		group.Go(func() {
			for time.Since(started) < period {
				body, err := s.ask(ctx, "std:test-connection", 1)
				if err == nil {
					_, err = io.Copy(io.Discard, body)
					body.Close()
				}
				if err != nil {
					errs <- err
					return
				}
				count.Add(1)
			}
		})
	}
	group.Wait()
	took := time.Since(started)
	close(errs)
	return float64(count.Load()) / took.Seconds(), int(count.Load()), <-errs
}
