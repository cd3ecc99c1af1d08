# 初审（chushen）。不带目标的 make 列出全部目标；任何目标都会先自行完成安装。
PYTHON ?= python3
OUT ?= out/demo
CASES ?= 
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help setup setup-test demo test serve check eval layers truth formats bench bench-scale docs-test ui-test wheelhouse lock clean

help:  ## 列出全部目标 list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup:  ## 安装程序和模型到 .venv install the program and its model
	@$(PYTHON) tools/bootstrap.py

setup-test:  ## 另装测试与检查工具 the tests' and checks' tools as well
	@$(PYTHON) tools/bootstrap.py --test

demo: setup  ## 安装并审核一份示例申报材料 review the example submission
	$(BIN)/chushen review examples/submission --corpus examples/systems.csv --out $(OUT)
	@echo "报告在 $(abspath $(OUT)) ：请用浏览器打开 report.html，或用 Word/WPS 打开 report.docx"

test: setup-test  ## 运行测试 run the tests (two workers)
	$(BIN)/pytest -n 2

serve: setup  ## 启动网页和接口服务 pages and API
	$(BIN)/chushen serve

check: setup-test  ## 代码检查：ruff、mypy、import-linter lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

eval: setup  ## 在标注案例上计准确率、召回率 precision and recall (CASES=folder)
	@test -n "$(CASES)" || { echo "请写明案例目录：make eval CASES=<案例目录>（含 labels/ 和 submissions/）"; exit 2; }
	$(BIN)/python benchmarks/evaluate.py $(CASES)

layers: setup  ## 负面清单各层的作用 what words, context and package bring (CASES=folder)
	@test -n "$(CASES)" || { echo "请写明案例目录：make layers CASES=<案例目录>"; exit 2; }
	$(BIN)/python benchmarks/layers.py $(CASES)

truth: setup-test  ## 结构读取对照标准答案 structure beside its own ground truth (and python-docx, markitdown)
	$(BIN)/python benchmarks/structure.py

formats: setup-test  ## 各种格式逐一审核，写出 docs/formats.md every format through a whole review
	$(BIN)/python benchmarks/formats.py

bench-scale: setup-test  ## 10 万个系统的台账，SQLite 与 PostgreSQL a register of 100,000 systems on both engines
	$(BIN)/python benchmarks/scale.py

bench: setup-test  ## 测速度 speed
	$(BIN)/python benchmarks/bench.py

docs-test: setup-test  ## 需 LibreOffice 的测试 tests that need LibreOffice
	@sh tools/debian.sh libreoffice-writer-nogui:soffice \
		libreoffice-calc-nogui:/usr/lib/libreoffice/program/libsclo.so fonts-noto-cjk:
	$(BIN)/pytest -m docs

ui-test: setup-test  ## 需 Chromium 的页面测试 tests of the pages in a real browser
	@sh tools/debian.sh chromium:chromium fonts-noto-cjk:
	$(BIN)/pytest -m ui

wheelhouse:  ## 把全部安装文件取到 wheelhouse/，供断网机器使用 files for machines without network
	@$(PYTHON) tools/bootstrap.py --wheelhouse

lock: setup-test  ## 重新锁定依赖版本与哈希 renew requirements/*.lock
	$(BIN)/python tools/lock.py

clean:  ## 删除 .venv、缓存和输出（保留 wheelhouse/）remove what was made
	rm -rf .venv out build dist models/installed *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
