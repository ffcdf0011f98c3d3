package main

import (
	"errors"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/rest"
)

// denial asks as a service account for what it has no right to, and returns
// what the real authorizer says.
func (s *set) denial(ns, account, verb, group, resource string, namespaced bool) (words string) {
	s.do("ask as "+account, func() error {
		config := rest.CopyConfig(s.c.config)
		config.Impersonate = rest.ImpersonationConfig{UserName: "system:serviceaccount:" + ns + ":" + account, Groups: []string{"system:serviceaccounts", "system:authenticated"}}
		client, err := dynamic.NewForConfig(config)
		if err != nil {
			return err
		}
		var at dynamic.ResourceInterface = client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource})
		if namespaced {
			at = client.Resource(schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}).Namespace(ns)
		}
		switch verb {
		case "watch":
			_, err = at.Watch(s.ctx, metav1.ListOptions{})
		case "update":
			_, err = at.Patch(s.ctx, account, types.MergePatchType, []byte("{}"), metav1.PatchOptions{})
		default:
			_, err = at.List(s.ctx, metav1.ListOptions{})
		}
		if !apierrors.IsForbidden(err) {
			return errors.Join(errors.New("was not refused"), err)
		}
		words = err.Error()
		return nil
	})
	return words
}

// remove deletes an object.
func (s *set) remove(o object) {
	s.do("remove "+text(o, "metadata", "name"), func() error {
		resource, err := s.c.resource(o, text(o, "metadata", "namespace"))
		if err != nil {
			return err
		}
		return resource.Delete(s.ctx, text(o, "metadata", "name"), metav1.DeleteOptions{})
	})
}

// clusterIP is the address of an app's Service.
func (s *set) clusterIP(a *app) (ip string) {
	s.do("find the address of "+a.ref(), func() error {
		service, err := s.c.client.CoreV1().Services(a.ns).Get(s.ctx, a.name, metav1.GetOptions{})
		if err == nil {
			ip = service.Spec.ClusterIP
		}
		return err
	})
	return ip
}
