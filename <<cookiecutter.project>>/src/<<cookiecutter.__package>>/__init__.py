NAME = "<<cookiecutter.project>>"
DESCRIPTION = "<<cookiecutter.description>>"
