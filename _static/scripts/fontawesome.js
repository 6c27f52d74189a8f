// In place of the theme's 1.5 MB of icons; vendor/fontawesome/icons.css draws those it shows.
