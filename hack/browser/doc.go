// Package browser tests the page of -o html in a real browser: headless
// Chromium, driven by chromedp (the maintained Go client of the DevTools
// protocol; it needs nothing but the browser).
//
// Where there is no Chromium the tests are skipped, and say so.
package browser
