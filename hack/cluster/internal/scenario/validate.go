package scenario

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

func (s *Scenario) validate() error {
	if s.Description == "" {
		return errors.New("has no description")
	}
	for i := range s.Steps {
		if err := s.validateStep(&s.Steps[i]); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}

func (s *Scenario) validateStep(step *Step) error {
	if n := step.actions(); n != 1 {
		return fmt.Errorf("has %d actions, want exactly one", n)
	}
	switch {
	case step.Apply != "":
		_, err := s.Manifests(step.Apply)
		return err
	case step.Wait != nil:
		return step.Wait.validate()
	case step.Annotate != nil:
		if (step.Annotate.Pods == nil) == (step.Annotate.Node == "") {
			return errors.New("annotate: want either pods or node")
		}
		return step.Annotate.Pods.validate()
	}
	return nil
}

func (s *Step) actions() int {
	count := 0
	for _, set := range []bool{
		s.Apply != "", s.Delay != nil, s.Wait != nil, s.SetImage != nil, s.RolloutRestart != nil,
		s.Patch != nil, s.Delete != nil, s.Annotate != nil, s.KillNode != "",
	} {
		if set {
			count++
		}
	}
	return count
}

// Limit is how long the step may take.
func (s *Step) Limit() time.Duration {
	if s.Timeout != nil {
		return s.Timeout.Duration
	}
	if s.Delay != nil {
		return s.Delay.Duration + DefaultTimeout
	}
	return DefaultTimeout
}

func (w *Wait) validate() error {
	count := 0
	for _, set := range []bool{w.Rollouts != nil, w.Pods != nil, w.Node != nil, w.Events != nil, w.Condition != nil} {
		if set {
			count++
		}
	}
	if count != 1 {
		return fmt.Errorf("wait: has %d conditions, want exactly one", count)
	}
	if w.Pods == nil {
		return nil
	}
	if (w.Pods.Exactly == nil) == (w.Pods.AtLeast == nil) {
		return errors.New("wait: pods: want either exactly or at-least")
	}
	return w.Pods.Pods.validate()
}

func (p *Pods) validate() error {
	if p == nil {
		return nil
	}
	if _, err := labels.Parse(p.Selector); err != nil {
		return fmt.Errorf("selector %q: %w", p.Selector, err)
	}
	return nil
}

// Manifests reads the objects of one file.
func (s *Scenario) Manifests(file string) ([]*unstructured.Unstructured, error) {
	data, err := fs.ReadFile(s.Files, file)
	if err != nil {
		return nil, err
	}
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), len(data))
	var objects []*unstructured.Unstructured
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(&object.Object)
		if errors.Is(err, io.EOF) {
			return objects, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		if len(object.Object) == 0 {
			continue // a document of comments
		}
		if object.GetKind() == "" || object.GetName() == "" {
			return nil, fmt.Errorf("%s: an object has no kind or no name", file)
		}
		objects = append(objects, object)
	}
}
