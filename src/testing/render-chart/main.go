// Renders the templates of a Helm chart: render-chart FOLDER < input.json > manifests.json
//
// The templates are Go's, with the functions of sprig and those of Helm's own that this chart uses: include, required and toYaml.
// The input is {"Release": …, "Values": …}; the output is an object of file names and texts. Two things are stricter than in Helm:
// a value that is not there is an error, and so is a function of Helm's that is not built here.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"sigs.k8s.io/yaml"
)

type chart struct {
	Name, Version, AppVersion string
}

type scope struct {
	Chart   chart
	Release struct{ Name, Namespace, Service string }
	Values  map[string]any
}

func main() {
	rendered, err := render(os.Args[1])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(rendered)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func render(folder string) (map[string]string, error) {
	var input scope
	if err := json.NewDecoder(os.Stdin).Decode(&input); err != nil {
		return nil, err
	}
	about, err := os.ReadFile(filepath.Join(folder, "Chart.yaml"))
	if err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(about, &input.Chart); err != nil {
		return nil, err
	}
	templates, names, err := parse(filepath.Join(folder, "templates"))
	if err != nil {
		return nil, err
	}
	rendered := map[string]string{}
	for _, name := range names {
		// Files with an underscore only define parts of others.
		if strings.HasPrefix(name, "_") {
			continue
		}
		var text strings.Builder
		if err := templates.ExecuteTemplate(&text, name, input); err != nil {
			return nil, err
		}
		rendered[name] = text.String()
	}
	return rendered, nil
}

func parse(folder string) (*template.Template, []string, error) {
	all := template.New("").Option("missingkey=error")
	all.Funcs(functions(all))
	files, err := os.ReadDir(folder)
	if err != nil {
		return nil, nil, err
	}
	names := []string{}
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(folder, file.Name()))
		if err != nil {
			return nil, nil, err
		}
		if _, err := all.New(file.Name()).Parse(string(text)); err != nil {
			return nil, nil, err
		}
		names = append(names, file.Name())
	}
	return all, names, nil
}

func functions(all *template.Template) template.FuncMap {
	functions := sprig.TxtFuncMap()
	// A chart can't read the environment of who installs it.
	delete(functions, "env")
	delete(functions, "expandenv")
	functions["include"] = func(name string, data any) (string, error) {
		var text strings.Builder
		err := all.ExecuteTemplate(&text, name, data)
		return text.String(), err
	}
	functions["required"] = func(message string, value any) (any, error) {
		if value == nil || value == "" {
			return nil, errors.New(message)
		}
		return value, nil
	}
	functions["toYaml"] = func(value any) (string, error) {
		text, err := yaml.Marshal(value)
		return strings.TrimSuffix(string(text), "\n"), err
	}
	return functions
}
