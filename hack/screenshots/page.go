package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// photograph shows a page in a browser, light and dark, and saves what is seen.
func photograph(ctx context.Context, page, folder string) error {
	dir, err := os.MkdirTemp("", "kubectl-patterns-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
		return err
	}
	binary, err := exec.LookPath("chromium")
	if err != nil {
		return fmt.Errorf("the page is shown in Chromium: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(binary), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("hide-scrollbars", true))
	ctx, cancel := chromedp.NewExecAllocator(ctx, options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	for _, shot := range []struct{ name, scheme, to string }{
		{"page", "light", "body"},
		{"page-timeline-dark", "dark", "#timeline"},
	} {
		var picture []byte
		err := chromedp.Run(ctx,
			chromedp.EmulateViewport(1100, 760),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: shot.scheme}}),
			chromedp.Navigate("file://"+file),
			chromedp.WaitVisible(shot.to, chromedp.ByQuery),
			chromedp.Evaluate("document.querySelector('"+shot.to+"').scrollIntoView()", nil),
			chromedp.CaptureScreenshot(&picture))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, shot.name+".png"), picture, 0o644); err != nil { //nolint:gosec // a picture to look at
			return err
		}
	}
	return nil
}
