"""The pages of groups: forms that emit what was typed and know no rule."""
