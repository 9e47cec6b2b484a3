// Package console is the HTTP server of conngen dev: the pages, the API that they use, and the proxy
// for other programs to the connector.
//
// The config of the source, with its secrets, stays in this process. A page has handles instead,
// and everything that is recorded or shown is masked.
package console

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/conngen/conngen/console/calls"
	"github.com/conngen/conngen/console/loop"
	"github.com/conngen/conngen/console/mask"
	"github.com/conngen/conngen/generator"
	"github.com/conngen/conngen/schema"
)

// A Loop keeps the connector running. [loop.Loop] is one.
type Loop interface {
	Snapshot() loop.Snapshot
	Target() (url string, build int) // of the connector that answers; no URL if none does
	Problems() []loop.Group
	Subscribe(ctx context.Context) <-chan loop.Event
	Rebuild()
	Program() string // the file of the answering program; "" if unknown
}

// Options are the settings of a [Server].
type Options struct {
	Name      string // of the project; "" for the spec's
	Dir       string // of the project
	Spec      string // path of connector-spec.json in Dir, with slashes; "" for none
	Config    string // path of the config file, in Dir if it is not absolute; "" for none
	Connector string // URL of an external connector; "" for the project's own
	Addr      string // HOST:PORT where this machine reaches the server
	Host      string // additional allowed host of requests; "" for none
	Version   string // of conngen

	Temp  string // parent folder of recordings; "" for the folder of temporary files
	Token string // of the run; "" for a new one

	// SpecText returns the text of a spec without a file, as the connector reports it; nil, or an
	// empty text, for none.
	SpecText func() []byte

	Loop   Loop
	Pages  fs.FS       // nil for conngen's pages
	Header http.Header // of commands from the page, such as Authorization

	// Environ returns the value of an environment variable; nil for that of the process.
	Environ func(name string) string
}

// A Server serves one run of conngen dev. It is an [http.Handler].
type Server struct {
	options  Options
	token    string
	hosts    map[string]bool // allowed hosts of requests
	api      *http.ServeMux
	masker   *mask.Masker
	recorder *calls.Recorder
	spec     specFile
	config   config
	hub      hub
	selfTest selfTest
	tickets  tickets
	start    func(name string, args ...string) error // an editor
	ctx      context.Context
	stop     context.CancelFunc
	done     sync.WaitGroup
}

// New returns a server, which follows the loop until it is closed.
func New(opts Options) (*Server, error) {
	host, _, err := net.SplitHostPort(opts.Addr)
	if err != nil {
		return nil, errors.New("the address of conngen dev must be HOST:PORT")
	}
	if opts.Environ == nil {
		opts.Environ = os.Getenv
	}
	if opts.Pages == nil {
		opts.Pages = pageFiles()
	}
	s := &Server{options: opts, token: cmp.Or(opts.Token, rand.Text()), masker: mask.New(), start: startProgram}
	s.hosts = map[string]bool{strings.ToLower(host): true, strings.ToLower(opts.Host): true}
	s.ctx, s.stop = context.WithCancel(context.Background())
	s.spec.path, s.spec.other, s.spec.found = s.inDir(opts.Spec), opts.SpecText, s.learnSpec
	s.hub.init()
	s.learnURL(opts.Connector)
	s.masker.LearnHeader(opts.Header)
	s.config.init(s)
	if err := s.config.load(); err != nil {
		s.stop()
		return nil, err
	}
	s.recorder, err = calls.New(calls.Options{
		Target:      s.target,
		Spec:        s.currentSpec,
		Secrets:     s.config.secretsOf,
		Masker:      s.masker,
		LooksSecret: generator.LooksSecret,
		Dir:         opts.Temp,
		Changed:     s.hub.call,
		Header:      opts.Header,
	})
	if err != nil {
		s.stop()
		return nil, err
	}
	s.routes()
	s.done.Go(s.follow)
	return s, nil
}

// learnURL learns the secrets in the URL of a connector.
func (s *Server) learnURL(text string) {
	s.masker.LearnURL(text)
	u, err := url.Parse(text)
	if err != nil {
		return
	}
	for name, values := range u.Query() {
		if generator.LooksSecret(name) {
			s.masker.Learn(values...)
		}
	}
}

// Token returns the token of the run, which requests to the API require.
func (s *Server) Token() string { return s.token }

// EndCalls ends the connector's work for this server, and prevents new calls. A running self test
// may first clean up.
func (s *Server) EndCalls() {
	s.selfTest.end()
	s.recorder.CancelAll()
}

// Close cancels the running calls, removes the recordings and ends the streams of events.
func (s *Server) Close() error {
	s.stop()
	err := s.recorder.Close()
	s.done.Wait()
	return err
}

// inDir returns the path of a file from its path in the project; "" for none.
func (s *Server) inDir(path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(s.options.Dir, filepath.FromSlash(path))
}

func (s *Server) target() calls.Target {
	url, build := s.options.Loop.Target()
	return calls.Target{URL: url, Build: build}
}

// currentSpec returns the last readable spec; nil for none. Its secrets have been learned.
func (s *Server) currentSpec() *schema.Spec { return s.spec.read() }

func (s *Server) learnSpec(spec *schema.Spec) {
	s.masker.Names(secretNames(spec)...)
	s.masker.Learn(secretValues(spec)...)
}

// follow passes on the loop's events.
func (s *Server) follow() {
	for event := range s.options.Loop.Subscribe(s.ctx) {
		switch event.Kind {
		case loop.EventState:
			s.hub.state()
		case loop.EventProblems:
			s.hub.problems()
		case loop.EventConfig:
			s.config.reload()
		case loop.EventLine:
			s.hub.log(s.recorder.Log(event.Line.At, event.Line.Text))
		}
	}
}
