"""Reading of CloudFormation templates: parameters, conditions, intrinsic functions. The local
AWS side makes what a template names, the operators' commands check and deploy it."""
