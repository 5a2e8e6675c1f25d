// Decodes an object of Kubernetes from standard input. Fails where the object's Go type has no such field, or one of
// another type.
package main

import (
	"fmt"
	"io"
	"os"

	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/client-go/kubernetes/scheme"
)

func main() {
	object, err := io.ReadAll(os.Stdin)
	if err == nil {
		codecs := serializer.NewCodecFactory(scheme.Scheme, serializer.EnableStrict)
		_, _, err = codecs.UniversalDeserializer().Decode(object, nil, nil)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
