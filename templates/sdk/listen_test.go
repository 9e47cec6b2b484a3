package sdk

import (
	"net"
	"strings"
	"testing"
)

// TestListenOnLocalhost: localhost is all loopback addresses that the machine has, with
// one port.
func TestListenOnLocalhost(t *testing.T) {
	t.Parallel()
	for _, called := range []string{"localhost", "LocalHost."} {
		all, name, err := listen(t.Context(), called+":0")
		if err != nil {
			t.Fatal(err)
		}
		defer closeAll(all)
		port, ok := strings.CutPrefix(name, called+":")
		if !ok || port == "0" {
			t.Errorf("it is called %s", name)
		}
		for _, host := range localAddresses {
			if !has(t.Context(), host) {
				continue
			}
			conn, err := net.Dial("tcp", net.JoinHostPort(host, port))
			if err != nil {
				t.Errorf("%s: %v", host, err)
				continue
			}
			_ = conn.Close()
		}
	}
}

// TestListenWhereItIsTaken: one address of localhost is not enough while another program
// has the port of the other one, whichever comes first.
func TestListenWhereItIsTaken(t *testing.T) {
	t.Parallel()
	for _, host := range localAddresses {
		if !has(t.Context(), host) {
			continue
		}
		taken, err := listenOn(t.Context(), net.JoinHostPort(host, "0"))
		if err != nil {
			t.Fatal(err)
		}
		all, name, err := listen(t.Context(), "localhost:"+portOf(taken))
		if err == nil {
			closeAll(all)
			t.Errorf("it listens on %s, although %s is taken", name, taken.Addr())
		} else {
			mentions(t, listenError("localhost:"+portOf(taken), err), "another program listens on port "+portOf(taken)+" of localhost")
		}
		_ = taken.Close()
	}
}

func TestListenElsewhere(t *testing.T) {
	t.Parallel()
	all, name, err := listen(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll(all)
	if len(all) != 1 || name != all[0].Addr().String() {
		t.Errorf("it listens on %s, %d addresses", name, len(all))
	}
	if _, _, err := listen(t.Context(), "localhost"); err == nil {
		t.Error("an address needs no port")
	}
}

// TestListenWhereNamesLead: a name of localhost's that leads to an address that others reach
// counts as that address.
func TestListenWhereNamesLead(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{"127.0.0.1:0": "", "0.0.0.0:0": "anyone could send commands; set --auth-token-file"} {
		s := serving{addr: addr} // not checked, as the address of a name
		all, _, err := s.listen(t.Context())
		closeAll(all)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v", addr, err)
		}
	}
}
