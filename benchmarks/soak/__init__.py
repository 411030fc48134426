"""A broker under a steady mix of everything for as long as one likes: does it grow, does it err, does it lose anything?"""
