// Package browser tests the pages of conngen dev in a real Chromium. It is a separate module, so users
// of conngen never download what drives the browser.
package browser
