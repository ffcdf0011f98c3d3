// inspect writes what `oc adm inspect`, the heart of OpenShift's must-gather,
// writes of namespaces and of what belongs to the whole cluster. oc is on no
// module proxy; this follows its source (openshift/oc pkg/cli/admin/inspect:
// inspect.go, resource.go, namespace.go, pod.go, util.go) with the libraries
// that it uses, resource.Builder and kubectl's printer of YAML.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
)

// ofNamespace are the resources that are listed of each namespace
// (namespaceResourcesToCollect), but for Secrets, whose data oc masks.
var ofNamespace = []string{"all", "configmaps", "events", "endpoints", "endpointslices", "persistentvolumeclaims", "poddisruptionbudgets"}

// inspection is one run.
type inspection struct {
	flags   *genericclioptions.ConfigFlags
	client  kubernetes.Interface
	printer printers.ResourcePrinter
	folder  string
}

func main() {
	flags := genericclioptions.NewConfigFlags(true)
	folder := flag.String("dest-dir", "", "the folder to write")
	flag.StringVar(flags.KubeConfig, "kubeconfig", "", "the kubeconfig to use")
	flag.Parse()
	if err := run(flags, *folder, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run inspects nodes and storage classes, as must-gather asks for, and
// namespaces.
func run(flags *genericclioptions.ConfigFlags, folder string, namespaces []string) error {
	config, err := flags.ToRESTConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	printer, err := genericclioptions.NewPrintFlags("gathered").WithDefaultOutput("yaml").WithTypeSetter(scheme.Scheme).ToPrinter()
	if err != nil {
		return err
	}
	i := &inspection{flags, client, printer, folder}
	for _, kind := range []string{"nodes", "storageclasses"} {
		if err := i.resources(kind, "", true); err != nil {
			return err
		}
	}
	for _, ns := range namespaces {
		if err := i.namespace(ns); err != nil {
			return err
		}
	}
	return nil
}

func (i *inspection) namespace(name string) error {
	ctx := context.Background()
	ns, err := i.client.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	if err := i.write(ns, "namespaces", name, name+".yaml"); err != nil {
		return err
	}
	pods, err := i.client.CoreV1().Pods(name).List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for n := range pods.Items {
		if err := i.pod(ctx, &pods.Items[n]); err != nil {
			return err
		}
	}
	for _, kind := range ofNamespace {
		if err := i.resources(kind, name, false); err != nil {
			return err
		}
	}
	return nil
}

// pod writes a pod once more, and the logs of its containers.
func (i *inspection) pod(ctx context.Context, pod *corev1.Pod) error {
	place := []string{"namespaces", pod.Namespace, "pods", pod.Name}
	if err := i.write(pod, append(place, pod.Name+".yaml")...); err != nil {
		return err
	}
	for _, c := range pod.Spec.Containers {
		logs := filepath.Join(append([]string{i.folder}, append(place, c.Name, c.Name, "logs")...)...)
		if err := os.MkdirAll(logs, 0o750); err != nil {
			return err
		}
		for file, previous := range map[string]bool{"current.log": false, "previous.log": true} {
			text, err := i.client.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{Container: c.Name, Previous: previous, Timestamps: true}).DoRaw(ctx)
			if err != nil {
				text = nil // oc leaves an empty file
			}
			if err := os.WriteFile(filepath.Join(logs, file), text, 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// resources writes one kind: a list for each resource, or file by file if it
// is flattened.
func (i *inspection) resources(kind, namespace string, flat bool) error {
	b := resource.NewBuilder(i.flags).Unstructured().ResourceTypeOrNameArgs(flat, kind).SelectAllParam(!flat).NamespaceParam(namespace).Latest()
	if flat {
		b = b.Flatten()
	}
	infos, err := b.Do().Infos()
	if err != nil {
		return err
	}
	for _, info := range infos {
		group := info.Mapping.GroupVersionKind.Group
		if group == "" {
			group = "core"
		}
		place := []string{"cluster-scoped-resources", group}
		if info.Namespace != "" {
			place = []string{"namespaces", info.Namespace, group}
		}
		name := info.Mapping.Resource.Resource
		if !meta.IsListType(info.Object) {
			place, name = append(place, name), info.Name
		}
		if err := i.write(info.Object, append(place, name+".yaml")...); err != nil {
			return err
		}
	}
	return nil
}

func (i *inspection) write(o runtime.Object, place ...string) (err error) {
	path := filepath.Join(append([]string{i.folder}, place...)...)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	f, err := os.Create(path) //nolint:gosec // below the folder that was asked for
	if err != nil {
		return err
	}
	defer func(c io.Closer) {
		if closed := c.Close(); err == nil {
			err = closed
		}
	}(f)
	return i.printer.PrintObj(o, f)
}
