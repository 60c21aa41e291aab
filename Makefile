# Pauta: every command a person or CI needs. CI calls these targets and nothing else.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV ?= .venv
BIN := $(VENV)/bin
UV := $(BIN)/uv
LOCK := $(UV) pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"
.DEFAULT_GOAL := help

.PHONY: help
help: ## Show this list
	@awk -F':.*## ' '/^[a-z][a-z-]*:.*## /{printf "  \033[1m%-18s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12)))' 2>/dev/null || { \
	  echo "Pauta needs Python 3.11 (or 3.12). Install it ('apt-get install python3.11 python3.11-venv') or name it: make PYTHON=/path/to/python3.11 ..."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python cannot make a virtual environment: 'apt-get install python3-venv', remove $(VENV), try again."; exit 1; }
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r docker/uv.txt || { \
	  rm -rf $(VENV); echo "The package index cannot be reached. Check the network or pip's proxy settings, then try again."; exit 1; }

$(VENV)/.installed: requirements_airflow.txt requirements.txt tests/requirements.txt | $(BIN)/uv
	@echo "Installing the pinned packages into $(VENV): about 1.7 GB, one to two minutes ..."
	@$(UV) pip sync --quiet --compile-bytecode --python $(BIN)/python --require-hashes requirements_airflow.txt requirements.txt tests/requirements.txt || { \
	  echo "Installing failed. If a package had to be built, 'apt-get install build-essential' brings the compiler; if the index was not reached, check the network. Then try again."; exit 1; }
	@$(BIN)/python -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null || { \
	  echo "The shared library libgomp.so.1 is missing; training and ranking need it: apt-get install libgomp1"; exit 1; }
	@$(BIN)/python -m script_shared.compiled.library
	@touch $@

.PHONY: install
install: $(VENV)/.installed ## Make the virtual environment from the pinned requirements
	@$(BIN)/python -m script_shared.compiled.library --if-changed

.PHONY: lock
lock: | $(BIN)/uv ## Resolve the dependencies again, after a change in pyproject.toml
	$(LOCK) pyproject.toml --extra airflow -o requirements_airflow.txt
	$(LOCK) pyproject.toml -c requirements_airflow.txt -o requirements.txt
	$(LOCK) pyproject.toml --extra recruiting-encoders -c requirements_airflow.txt -o requirements_encoders.txt
	$(LOCK) pyproject.toml --extra traces -c requirements_airflow.txt -o requirements_traces.txt
	$(LOCK) pyproject.toml --extra spark -c requirements_airflow.txt -o requirements_spark.txt
	$(LOCK) pyproject.toml --extra airflow --extra dev -c requirements_airflow.txt -o tests/requirements.txt
	$(LOCK) --group docs -c requirements_airflow.txt -o docs/requirements.txt
	$(LOCK) tests/clients/generators/requirements.in -o tests/clients/generators/requirements.txt
	$(LOCK) tests/clients/properties/requirements.in -c requirements_airflow.txt -o tests/clients/properties/requirements.txt
	$(LOCK) docker/kubernetes/requirements.in -c requirements_airflow.txt -o docker/kubernetes/requirements.txt
	$(LOCK) tests/deployment/requirements_kubernetes.in -o tests/deployment/requirements_kubernetes.txt
	$(LOCK) tests/deployment/requirements_ecs.in -o tests/deployment/requirements_ecs.txt
	$(LOCK) tests/deployment/requirements_sbom.in -o tests/deployment/requirements_sbom.txt
	$(LOCK) tests/deployment/requirements_vulnerabilities.in -o tests/deployment/requirements_vulnerabilities.txt
	$(LOCK) tests/benchmarks/kafka/requirements.in -o tests/benchmarks/kafka/requirements.txt

.PHONY: check
check: install ## Format, lint, types, import rules, Dockerfiles, compose file, plain English, names, docstrings, sizes
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/hadolint docker/*.Dockerfile
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.compose-spec docker-compose.yml
	$(BIN)/pytest -q -p no:cacheprovider tests/test_plain_english.py tests/test_names.py tests/test_cross_room.py tests/test_rooms.py

.PHONY: format
format: install ## Format the code and fix what ruff can fix
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

.PHONY: run
run: install ## Start everything here: Airflow, the API, the first training; Ctrl-C stops it
	@exec $(BIN)/python -m pipelines.supervisor

.PHONY: demo
demo: install ## A tour in a browser: three use cases with generated data, a day in ten minutes, a story (ARGS="--minutes 5 --pause 60")
	@exec $(BIN)/python -m pipelines.demo $(ARGS)

.PHONY: demo-film
demo-film: install ## The pictures and the film of the docs, out of a demo that runs: 10 to 20 minutes (needs Chromium)
	PAUTA_TEST_FILM=$(CURDIR)/docs/images $(BIN)/pytest -q -p no:cacheprovider tests/end_to_end/test_demo.py

.PHONY: train
train: install ## One run of a use case, without Airflow (USE_CASE=students CONFIG=experiment.toml ARGS="--source generated")
	@$(BIN)/python -m pipelines $(or $(USE_CASE),news) $(if $(CONFIG),--params $(CONFIG)) $(ARGS)

.PHONY: simulate-drift
simulate-drift: install ## Generated data whose newest part differs: report, alert, new training (USE_CASE=students ARGS="--show")
	@$(BIN)/python -m pipelines simulate-drift --use-case $(or $(USE_CASE),students) $(ARGS)

.PHONY: mlflow-ui
mlflow-ui: install ## Show the trainings in a browser: MLflow on 127.0.0.1:5000 (ARGS="--port 5001")
	@exec $(BIN)/python -m pipelines tracking ui $(ARGS)

WITH := $(if $(filter command line,$(origin ENV)),PAUTA_ENV=$(ENV) )$(if $(filter celery,$(PROFILE)),COMPOSE_PROFILES=celery PAUTA_EXECUTOR=CeleryExecutor )$(if $(REPLICAS),PAUTA_API_REPLICAS=$(REPLICAS) )

.PHONY: up
up: ## Build and start the platform in containers, or replace what changed without a pause (ENV=staging, PROFILE=celery, REPLICAS=3)
	@$(WITH)docker/check_settings.sh
	@$(WITH)docker compose build --quiet
	@$(WITH)docker/roll_api.sh
	@$(WITH)docker compose up --detach --wait --wait-timeout 1800
	@docker/welcome.sh

.PHONY: down
down: ## Stop the containers; data and passwords stay
	@docker compose --profile '*' down

.PHONY: logs
logs: ## Follow what the containers say (ARGS=api for one of them)
	@docker compose --profile '*' logs --follow --tail 50 $(ARGS)

.PHONY: demo-traffic
demo-traffic: ## Made-up readers for the dashboards (ARGS="--rate 30 --seconds 600 --url http://127.0.0.1:8001")
	@address=$$(docker compose port proxy 8000 2>/dev/null | sed 's/^0\.0\.0\.0/127.0.0.1/'); \
	PAUTA_ADMIN_TOKEN="$${PAUTA_ADMIN_TOKEN:-$$(docker compose run --rm --no-deps -T secrets show admin_token 2>/dev/null)}" \
	  $(PYTHON) -m pipelines.traffic --url "http://$${address:-127.0.0.1:$${PAUTA_PORT:-8001}}" $(ARGS)

.PHONY: verify-stack
verify-stack: ## Bring everything up from a bare clone, break it, repair it, tear it down: a table (ARGS="--only kill")
	@$(PYTHON) -m tests.stack $(ARGS)

.PHONY: dashboards
dashboards: install ## Build Grafana's dashboards again, after a change in grafana/builder
	$(BIN)/python -m grafana.builder

.PHONY: test
test: install ## The test suite, without the tests that take more than a few seconds
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "not slow and not long" --doctest-modules tests script_shared

.PHONY: test-slow
test-slow: install ## The tests that take seconds to a minute: processes that are killed, browsers, whole trainings; CI runs them too
	PAUTA_TEST_PICTURES="$${PAUTA_TEST_PICTURES-$(CURDIR)/.pauta/pictures}" \
	  $(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m "slow and not long" tests

.PHONY: test-long
test-long: install ## The tests that take minutes: make run end to end, runs killed in every step, a week of the live guard
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m long tests

.PHONY: mutants
mutants: install ## Change the code in one place at a time and count the changes that no test notices (ARGS="gate --most 0")
	nice $(BIN)/python -m tests.mutants $(ARGS)

SERVING_TESTS := $(addprefix tests/app/,test_own_packages.py test_main.py test_memory.py test_use_cases.py \
  releases/test_whole_release.py news/routes/test_lists.py students/test_routes.py)

.PHONY: test-serving
test-serving: | $(BIN)/uv ## With the API's own packages alone: imports, the start, every route, releases with all parts
	@$(UV) venv --quiet --clear --python $(BIN)/python $(VENV)-serving
	@$(UV) pip install --quiet --python $(VENV)-serving/bin/python --require-hashes -r requirements.txt
	@$(UV) pip install --quiet --python $(VENV)-serving/bin/python -c tests/requirements.txt pytest pytest-timeout pytest-xdist hypothesis psutil
	$(VENV)-serving/bin/python -m pytest -n 2 --dist loadfile -m "not slow" $(SERVING_TESTS)

.PHONY: test-clients
test-clients: install ## Generate a Python and a TypeScript client out of the OpenAPI description, and call the API with both (needs npm)
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-clients
	@$(UV) pip install --quiet --python $(VENV)-clients/bin/python --require-hashes -r tests/clients/generators/requirements.txt
	@cp tests/clients/generators/package.json $(VENV)-clients/ && npm install --silent --no-audit --no-fund --no-package-lock --prefix $(VENV)-clients
	$(BIN)/pytest tests/clients/test_generated.py

.PHONY: test-schema
test-schema: install ## Send generated requests of every operation in the OpenAPI description as every role (ARGS="--examples 50 --seed 7")
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-schema
	@$(UV) pip install --quiet --python $(VENV)-schema/bin/python --require-hashes -r tests/clients/properties/requirements.txt
	PAUTA_TEST_SCHEMA="$(ARGS)" $(BIN)/pytest tests/clients/test_properties.py

$(VENV)-spark/.installed: requirements_airflow.txt requirements.txt tests/requirements.txt requirements_spark.txt docker/kubernetes/requirements.txt | $(BIN)/uv
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-spark
	@$(UV) pip sync --quiet --python $(VENV)-spark/bin/python --require-hashes $^
	@touch $@

.PHONY: test-spark
test-spark: $(VENV)-spark/.installed ## Both engines side by side, with PySpark in its own environment; needs Java 17 (ARGS="-m spark": also a lost worker)
	SPARK_LOCAL_IP=127.0.0.1 JDK_JAVA_OPTIONS=-XX:TieredStopAtLevel=1 $(VENV)-spark/bin/python -m pytest -p no:cacheprovider -m "spark and not long" $(ARGS) \
	  tests/pipelines/spark tests/pipelines/news/refine/spark tests/pipelines/news/training/spark tests/pipelines/news/evaluation/test_lists_on_spark.py

.PHONY: pin-images
pin-images: ## Pin each base image by the digest that the registry has now (ARGS=--check names those without one)
	@$(PYTHON) docker/pin_images.py $(ARGS)

.PHONY: sbom
sbom: | $(BIN)/uv ## List the Python packages of each image in CycloneDX files, in sbom/
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-sbom
	@$(UV) pip install --quiet --python $(VENV)-sbom/bin/python --require-hashes -r tests/deployment/requirements_sbom.txt
	@mkdir -p sbom
	@$(VENV)-sbom/bin/cyclonedx-py requirements requirements.txt --output-reproducible --output-file sbom/api.cdx.json
	@$(VENV)-sbom/bin/cyclonedx-py requirements requirements_airflow.txt --output-reproducible --output-file sbom/airflow.cdx.json
	@echo "sbom/: the Python packages of the images, without Debian's packages of the base images. Known vulnerabilities: make vulnerabilities."

.PHONY: vulnerabilities
vulnerabilities: | $(BIN)/uv ## Ask OSV or PyPI for known vulnerabilities of the pinned packages; prints what could not be checked (ARGS=--report-only does not fail)
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-vulnerabilities
	@$(UV) pip install --quiet --python $(VENV)-vulnerabilities/bin/python --require-hashes -r tests/deployment/requirements_vulnerabilities.txt
	@$(VENV)-vulnerabilities/bin/python -m tests.deployment.vulnerabilities $(ARGS)

.PHONY: verify-images
verify-images: install ## Build the images twice without a cache and compare their digests (needs BuildKit 0.13; ARGS=api for one)
	@$(BIN)/python -m tests.deployment.images $(ARGS)

.PHONY: verify-kubernetes
verify-kubernetes: | $(BIN)/uv ## Check the Helm chart without a cluster: lint, objects of three environments, schemas, policies (ARGS=--programs)
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-kubernetes
	@$(UV) pip install --quiet --python $(VENV)-kubernetes/bin/python --require-hashes -r tests/deployment/requirements_kubernetes.txt
	@$(VENV)-kubernetes/bin/python -m tests.deployment.kubernetes $(ARGS)

.PHONY: verify-cluster
verify-cluster: install ## Install the Helm chart in a Kubernetes cluster of one node on this machine, and check upgrades, failures and load (needs root, Docker, Go)
	@exec $(BIN)/python -m tests.cluster $(ARGS)

.PHONY: verify-ecs
verify-ecs: | $(BIN)/uv ## Check the templates for Fargate without a cloud: cfn-lint, and every stack in moto at three sizes
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-ecs
	@$(UV) pip install --quiet --python $(VENV)-ecs/bin/python --require-hashes -r tests/deployment/requirements_ecs.txt
	@$(VENV)-ecs/bin/python -m tests.deployment.ecs

.PHONY: bench-scale
bench-scale: install ## Full scale, from CSV to a promoted release and a ready API: seconds and memory
	$(BIN)/python -m tests.benchmarks.scale

.PHONY: bench-spark
bench-spark: $(VENV)-spark/.installed ## Refine with both engines at 1, 3 and 10 times full scale: seconds and memory (ARGS="--times 1")
	$(VENV)-spark/bin/python -m tests.benchmarks.spark_scale $(ARGS)

.PHONY: bench-students-serving
bench-students-serving: install ## Risks of students over HTTP at a constant rate, and reads of each feature store (ARGS="--work folder")
	$(BIN)/python -m tests.benchmarks.students_serving $(ARGS)

.PHONY: bench-recruiting-serving
bench-recruiting-serving: install ## Candidates of vacancies over HTTP at a constant rate, and how soon another process sees a new vacancy (ARGS="--work folder")
	$(BIN)/python -m tests.benchmarks.recruiting_serving $(ARGS)

.PHONY: bench-students-scale
bench-students-scale: install ## 300,000 generated students, from workbooks to a release: seconds and memory (ARGS="--work folder")
	$(BIN)/python -m tests.benchmarks.students_scale $(ARGS)

.PHONY: bench-recruiting-scale
bench-recruiting-scale: install ## 50,000 generated candidates, 10,000 vacancies, 50,000 applications, from files to a release (ARGS="--work folder")
	$(BIN)/python -m tests.benchmarks.recruiting_scale $(ARGS)

.PHONY: bench-experiments
bench-experiments: install ## A/A tests, A/B tests and interleaving on replayed real clicks (ARGS="--runs 50")
	$(BIN)/python -m tests.benchmarks.experiments $(ARGS)

.PHONY: bench-drift
bench-drift: install ## False alarms and power of drift on real clicks: of reads, with three floors, and of the answers of releases (ARGS="--work folder")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.drift $(ARGS)

.PHONY: bench-exploration
bench-exploration: install ## Estimates from lists drawn by chance beside the known truth, on replayed real clicks (ARGS="--runs 50")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.exploration $(ARGS)

.PHONY: bench-ranking
bench-ranking: install ## Rolling replay of real clicks: the ranker and its peers, with intervals (ARGS="--share 0.05")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.ranking $(ARGS)

.PHONY: bench-recruiting
bench-recruiting: install ## Recruiting on real vacancies and applications, as of each day, compared with baselines (ARGS="folder --task next")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.recruiting $(ARGS)

.PHONY: bench-vectors
bench-vectors: install ## Vector indexes side by side: recall, build, memory, times (ARGS="--size 50000 --kind exact")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.vectors $(ARGS)

.PHONY: bench-log
bench-log: install ## Events a second that one log stores and one process folds, SQLite and PostgreSQL (ARGS="--events 20000 --site folder")
	$(BIN)/python -m tests.benchmarks.log_rates $(ARGS)

.PHONY: bench-kafka
bench-kafka: | $(BIN)/uv ## The same for a Kafka broker, which Pauta does not use as a log (needs Java 17 and Maven; ARGS="--events 20000")
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-kafka
	@$(UV) pip install --quiet --python $(VENV)-kafka/bin/python --require-hashes -r tests/benchmarks/kafka/requirements.txt
	$(VENV)-kafka/bin/python -m tests.benchmarks.kafka $(ARGS)

.PHONY: bench-slow-site
bench-slow-site: install ## A generated year of a slow site through the pipeline at its defaults, beside the most read
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.slow $(ARGS)

.PHONY: bench-serving
bench-serving: install ## HTTP at full scale: times under constant load, most requests, swaps, clicks seen (ARGS="--work site")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.serving $(ARGS)

.PHONY: bench-list
bench-list: install ## Processor time of a list by stage and segment, in process (ARGS="--work site --base folder")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.list_stages $(ARGS)

.PHONY: bench-event
bench-event: install ## Processor time of a posted event by stage, alone and in batches, SQLite and PostgreSQL (ARGS="--base folder")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.event_stages $(ARGS)

.PHONY: bench-editorial
bench-editorial: install ## 100 articles are taken down under load, and what 1,000 rules cost a list (ARGS="--takedowns 0")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.editorial $(ARGS)

.PHONY: bench-pages
bench-pages: install ## How soon a person can use each page in Chromium while the API answers requests (ARGS="--times 3")
	$(BIN)/python -m tests.benchmarks.pages $(ARGS)

.PHONY: bench-attack
bench-attack: install ## Attacks of strangers on an API at its defaults: what they take and move (ARGS="--work folder")
	$(BIN)/python -m tests.benchmarks.attack $(ARGS)

.PHONY: bench-operations
bench-operations: install ## A fortnight of real clicks over HTTP: daily trainings, a bad release, a drift, the guard (ARGS="--work folder")
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks.operations $(ARGS)

.PHONY: docs-tables
docs-tables: install ## Write the tables of settings, params and roles, and the comments of the params files, from the code
	$(BIN)/python -m tests.docs_tables

.PHONY: docs
docs: | $(BIN)/uv ## Build the documentation as a site, in site/; a broken link fails
	@$(UV) venv --quiet --allow-existing --python $(BIN)/python $(VENV)-docs
	@$(UV) pip install --quiet --python $(VENV)-docs/bin/python --require-hashes -r docs/requirements.txt
	@NO_MKDOCS_2_WARNING=1 $(VENV)-docs/bin/python -m mkdocs build --strict --quiet
	@echo "The site is in site/. To read it: python3 -m http.server --directory site --bind 127.0.0.1 8010"

.PHONY: clean
clean: ## Remove what was made here: environments, caches, runs, releases and Airflow's home
	rm -rf $(VENV) $(VENV)-serving $(VENV)-clients $(VENV)-schema $(VENV)-docs $(VENV)-kubernetes $(VENV)-ecs $(VENV)-sbom $(VENV)-vulnerabilities $(VENV)-kafka $(VENV)-spark sbom site .airflow .pauta .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find script_shared/data script_shared/models script_shared/evaluation -mindepth 1 ! -name .gitkeep -delete
