package main

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
)

// deny serves a webhook on this machine that says no to everything. It returns
// its address and the certificate to trust.
func (s *set) deny(message string) (url, bundle string, stop func()) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var review struct {
			Request struct {
				UID string `json:"uid"`
			} `json:"request"`
		}
		if json.NewDecoder(r.Body).Decode(&review) != nil {
			http.Error(w, "no review", http.StatusBadRequest)
			return
		}
		_ = json.NewEncoder(w).Encode(object{
			"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
			"response": object{"uid": review.Request.UID, "allowed": false, "status": object{"code": 403, "message": message}},
		})
	}))
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	return server.URL + "/validate", base64.StdEncoding.EncodeToString(certificate), server.Close
}
