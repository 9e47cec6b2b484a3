package loopback

import "testing"

func TestIs(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]bool{
		"localhost": true, "LOCALHOST": true, "localhost.": true, "localhost:3000": true, "app.localhost": true, "App.LocalHost.:80": true,
		"127.0.0.1": true, "127.0.0.1:3000": true, "127.255.3.4": true, "::1": true, "[::1]": true, "[::1]:3000": true, "[::ffff:127.0.0.1]": true, "localhost:": true,
		"": false, ":3000": false, "notlocalhost": false, "localhost.example.com": false, "127.0.0.1.example.com": false,
		"127.1": false, "0x7f000001": false, "2130706433": false, "127.0.0.01": false, // which some resolvers read as addresses, and a browser never sends
		"0.0.0.0": false, "::": false, "10.0.0.1": false, "[::2]:80": false, "128.0.0.1": false, "localhost@example.com": false, "[localhost": false,
		"example.com:localhost": false, "::1:3000": false,
	} {
		if got := Is(Host(address)); got != want {
			t.Errorf("%q is this machine: %v", address, got)
		}
	}
}

func TestNormal(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"Example.COM.": "example.com", "[2001:DB8:0:0::1]": "2001:db8::1", "2001:db8:0::1": "2001:db8::1", "::ffff:10.0.0.1": "10.0.0.1",
		"[::FFFF:a00:1]": "10.0.0.1", "10.0.0.1": "10.0.0.1", "fe80::1%Eth0": "fe80::1%eth0", "": "",
	} {
		if got := Normal(host); got != want {
			t.Errorf("Normal(%q) = %q, want %q", host, got, want)
		}
	}
}
