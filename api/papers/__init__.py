"""The papers people sign and send: one report and the reviewer's decisions in, papers out.

The skeleton of each paper is data of the policy pack (`papers`), its values come from `values`, its tables from
`tables`; `api.reports.official` writes a paper as docx, `api.reports.typeset` as pdf.
"""
