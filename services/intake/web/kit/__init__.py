"""The foundation of all pages: context, router, forms, templates, assets, security headers."""
