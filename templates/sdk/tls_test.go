package sdk

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// certificate writes a certificate for localhost and its key, and returns the files and
// who trusts it.
func certificate(t *testing.T) (cert, key string, trust *x509.CertPool) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	trust = x509.NewCertPool()
	if parsed, err := x509.ParseCertificate(der); err == nil {
		trust.AddCert(parsed)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key, trust
}

// TestServeTLS: HTTPS is HTTP/1, on all addresses of localhost, and clients that do not
// speak it are in the log.
func TestServeTLS(t *testing.T) {
	t.Parallel()
	cert, key, trust := certificate(t)
	var log lockedBuffer
	c := newTester([]Handler[nothing]{
		raw("a", func(_ context.Context, _ nothing, _ json.RawMessage, out *Writer) error { return out.Send(1) }),
	}, WithLogger(NewLogger(&log)))
	ctx, stop := context.WithCancel(t.Context())
	stderr := newFirstLine()
	code := make(chan int, 1)
	go func() {
		code <- c.Execute(ctx, []string{"app", "--addr", "localhost:0", "--tls-cert", cert, "--tls-key", key}, io.Discard, stderr)
	}()
	line := <-stderr.lines
	_, port, ok := strings.Cut(strings.TrimSpace(line), " answers on https://localhost:")
	if !ok {
		t.Fatalf("it says %q", line)
	}
	for _, host := range localAddresses {
		if !has(t.Context(), host) {
			continue
		}
		transport := &http.Transport{
			TLSClientConfig:   &tls.Config{RootCAs: trust, ServerName: "localhost"},
			ForceAttemptHTTP2: true,
			DisableKeepAlives: true,
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort(host, port))
			},
		}
		res, err := (&http.Client{Transport: transport}).Post("https://localhost:"+port, "application/json", strings.NewReader(`{"type":"a"}`))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		if err != nil || res.ProtoMajor != 1 || string(text) != `{"data":1,"type":"output"}`+"\n" {
			t.Errorf("%s: %s, %q, %v", host, res.Proto, text, err)
		}
		_ = res.Body.Close()
	}
	if res, err := http.Get("http://localhost:" + port); err == nil {
		_ = res.Body.Close()
	}
	const want = `"level":"WARN","message":"http: TLS handshake error from `
	waitUntil(t, func() bool { return strings.Contains(log.String(), want) })
	stop()
	if got := <-code; got != exitOK || strings.Count(stderr.String(), "\n") != 1 {
		t.Errorf("exit code %d, %s", got, stderr)
	}
}
