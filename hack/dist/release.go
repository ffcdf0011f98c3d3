package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// release is what to build, from what, to where.
type release struct {
	root       string // of the repository
	source     string // manifest with placeholders
	license    string
	notices    string // licences of what the plugin is built from
	out        string
	version    string // empty: the source's
	platforms  string // empty: all of the source's
	built      bool   // the archives are there
	buildFlags []string
}

// make builds, writes and then checks what it wrote, as anybody else would.
func (r release) make(ctx context.Context, out io.Writer) error {
	p, err := r.plan()
	if err != nil {
		return err
	}
	texts, err := r.readTexts()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(r.out, 0o755); err != nil {
		return fmt.Errorf("folder of the release: %w", err)
	}
	for i := range p.Spec.Platforms {
		if r.built {
			err = r.takeArchive(&p.Spec.Platforms[i])
		} else {
			err = r.makeArchive(ctx, &p.Spec.Platforms[i], p.Spec.Version, texts, out)
		}
		if err != nil {
			return err
		}
	}
	return r.finish(p, out)
}

// plan is the manifest to be, all but the checksums. What is wrong with the
// source is told before minutes are spent on building.
func (r release) plan() (plugin, error) {
	p, found, err := readPlugin(r.source)
	if err != nil {
		return p, err
	}
	found.checkPlugin(p)
	if err := found.without(rulePlaceholder).report(r.source); err != nil {
		return p, err
	}
	if err := p.choose(r.platforms); err != nil {
		return p, err
	}
	p.setVersion(r.version)
	var after violations
	after.checkVersion(p.Spec.Version)
	if err := after.report("--version"); err != nil {
		return p, err
	}
	_, err = encode(p)
	return p, err
}

// choose keeps the platforms that are asked for. Each selector becomes the
// one platform that it matches, which is what the written form knows.
func (p *plugin) choose(list string) error {
	want, err := splitList(list)
	if err != nil {
		return err
	}
	var kept []platform
	for _, pl := range p.Spec.Platforms {
		pair, _ := onlyPair(pl.Selector) // checkPlugin saw to it that there is one
		i := slices.Index(want, pair.String())
		if list != "" && i < 0 {
			continue
		}
		if i >= 0 {
			want = slices.Delete(want, i, i+1)
		}
		pl.Selector = selectorFor(pair)
		kept = append(kept, pl)
	}
	if len(want) > 0 {
		return fmt.Errorf("the manifest has no platform %s", strings.Join(want, ", "))
	}
	p.Spec.Platforms = kept
	return nil
}

func splitList(list string) ([]string, error) {
	if list == "" {
		return nil, nil
	}
	parts := strings.Split(list, ",")
	for i, s := range parts {
		parts[i] = strings.TrimSpace(s)
		if slices.Contains(parts[:i], parts[i]) {
			return nil, fmt.Errorf("platform %s is named twice", parts[i])
		}
	}
	return parts, nil
}

// setVersion changes the addresses with the version; checkURI made sure that
// they name it.
func (p *plugin) setVersion(v string) {
	if v == "" {
		return
	}
	old := p.Spec.Version
	for i := range p.Spec.Platforms {
		uri := &p.Spec.Platforms[i].URI
		*uri = strings.ReplaceAll(*uri, "/"+old+"/", "/"+v+"/")
		*uri = strings.ReplaceAll(*uri, "_"+old+"_", "_"+v+"_")
	}
	p.Spec.Version = v
}

// readTexts are the licences that every archive carries: the plugin's own, and
// those of what it is built from, most of which ask for it.
func (r release) readTexts() ([]entry, error) {
	license, err := r.readLicense()
	if err != nil {
		return nil, err
	}
	notices, err := os.ReadFile(r.notices)
	if err != nil {
		return nil, fmt.Errorf("read the licences of others; 'make licenses' writes them: %w", err)
	}
	return []entry{{licenseName, 0o644, license}, {noticesName, 0o644, notices}}, nil
}

func (r release) readLicense() ([]byte, error) {
	b, err := os.ReadFile(r.license)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: krew's index takes no archive without it: %w", licenseName, err)
	}
	if err != nil {
		return nil, fmt.Errorf("read the license: %w", err)
	}
	return b, nil
}

func (r release) makeArchive(ctx context.Context, p *platform, version string, texts []entry, out io.Writer) error {
	start := time.Now()
	pair, _ := onlyPair(p.Selector)
	bin, err := r.compile(ctx, pair)
	if err != nil {
		return err
	}
	name := p.archiveName()
	data, err := pack(name, append([]entry{{path.Base(cleanPath(p.Bin)), binaryMode, bin.data}}, texts...))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.out, name), data, 0o644); err != nil {
		return fmt.Errorf("write the archive: %w", err)
	}
	p.Sha256 = digestOf(data)
	_, err = fmt.Fprintf(out, "%-48s %5.1f MiB  binary %5.1f MiB  %5.1f s%s\n", name, mebibytes(data), mebibytes(bin.data),
		time.Since(start).Seconds(), versionNote(bin.version, version))
	return err
}

// takeArchive is for archives that somebody else built: what they hold is
// checked with all the rest.
func (r release) takeArchive(p *platform) error {
	data, err := os.ReadFile(filepath.Join(r.out, p.archiveName()))
	if err != nil {
		return fmt.Errorf("take the archive: %w", err)
	}
	p.Sha256 = digestOf(data)
	return nil
}

func mebibytes(b []byte) float64 { return float64(len(b)) / (1 << 20) }

// versionNote is no error: most builds are trials without a tag. But nobody
// shall release one unawares.
func versionNote(got, want string) string {
	if got == want {
		return ""
	}
	return "\n  note: the binary calls itself " + got + "; a release is built from a clean checkout of the tag " + want
}

func (r release) finish(p plugin, out io.Writer) error {
	text, err := encode(p)
	if err != nil {
		return err
	}
	file := filepath.Join(r.out, p.Metadata.Name+manifestExt)
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	found, err := checkFile(file, r.out)
	if err != nil {
		return err
	}
	if err := found.report(file); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%s: version %s, platforms: %d, all checks passed\n", file, p.Spec.Version, len(p.Spec.Platforms))
	return err
}
