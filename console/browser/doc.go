// Package browser tests the pages of conngen dev in real Chromium. It is a separate module, so
// users of conngen never download its browser driver.
package browser
