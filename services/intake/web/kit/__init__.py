"""What all pages stand on: context, router, forms, templates, assets, security headers."""
