"""Make one tier of the service. Pulumi runs this file; what it makes is in stack/."""

from stack.program import main
from stack.refusal import ended_at_once

with ended_at_once():
    main()
