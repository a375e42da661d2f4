"""Reading of CloudFormation templates: parameters, conditions, intrinsic functions. The local
stand-in makes what a template names, the operators' commands check and deploy it."""
